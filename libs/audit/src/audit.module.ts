import { Module } from '@nestjs/common';
import { HistoryExportController } from './history-export.http.js';
import { HistoryController } from './history.http.js';

/** Doors of the context; the history itself comes from the app's global modules. */
@Module({ controllers: [HistoryController, HistoryExportController] })
export class AuditModule {}
