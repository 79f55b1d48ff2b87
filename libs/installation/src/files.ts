/** Records in the data folder: what is neither event nor view. */
export const RECORDS_FILE = 'records.db';
/** Wrapped keys; apart from the log, and from its backups. */
export const KEYS_FILE = 'keys.db';
/** Who was erased, a line each; kept with the keys, and wanted by every restore. */
export const ERASURES_FILE = 'erasures.jsonl';
/** Where a restore puts everything until it has been checked; there only while one is under way, or was killed. */
export const RESTORING = '.restoring';
