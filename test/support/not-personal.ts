// Free text in events that is stored readable, by the reason why that is right.
const fieldsByReason: Readonly<Record<string, readonly string[]>> = {
  'a word of the code, or the name of a stream': [
    'ValueReserved.kind',
    'ValueReserved.holder',
    'ValueReleased.kind',
    'ValueReleased.holder',
  ],
  'what the vendor says about its own products and policies': [
    'ProductAdded.name',
    'ProductAdded.description',
    'ProductRenamed.name',
    'ProductDescribed.description',
    'PolicyAdded.name',
    'PolicyRenamed.name',
  ],
  "the vendor's own name, and the names of its legal entities": [
    'TenantCreated.name',
    'TenantRenamed.name',
    'LegalEntityAdded.name',
    'LegalEntityRenamed.name',
  ],
  "a customer company's name, and the vendor's number for it": [
    'OrganizationAdded.name',
    'OrganizationAdded.accountNumber',
    'OrganizationRenamed.name',
    'OrganizationAccountNumberChanged.accountNumber',
    'OrganizationAccountNumberChanged.previous',
  ],
  "names of a customer company's groups": [
    'GroupCreated.name',
    'GroupRenamed.name',
    'GroupRenamed.previous',
    'GroupDeleted.name',
  ],
  'which of its states an outside system speaks of': [
    'MappingConfirmed.version',
    'MappingUpdateReceived.version',
    'MappingConflictFound.version',
    'MappingConflictDecided.version',
  ],
  'what the vendor calls an outside system of its own': ['ContactMappingSet.system'],
  'what the vendor and the provider call each other': ['LoginProviderConfigured.name', 'LoginProviderConfigured.clientId'],
  'a name of a role or of a permission': [
    'ApiTokenCreated.role',
    'UserTokenCreated.permissions[]',
    'ApiTokenCreated.grants[].permission',
    'RoleAdded.title',
    'RoleAdded.about',
    'RoleAdded.grants[].permission',
    'RoleChanged.title',
    'RoleChanged.about',
    'RoleChanged.grants[].permission',
  ],
  'what programs ask of a license': ['LicenseLimitsOverridden.overrides.entitlements{}'],
  'terms that hold for everybody': [
    'PolicyAdded.terms.entitlements{}',
    'PolicyRevised.terms.entitlements{}',
    'PolicyRevised.changes[].pointer',
    'PolicyRevised.changes[].from',
    'PolicyRevised.changes[].to',
    'LicenseIssued.terms.entitlements{}',
    'LicenseMigrated.terms.entitlements{}',
  ],
};

/** The fields, as `Event.field`; `[]` stands for the items of a list, `{}` for names and members of a record. */
export const notPersonal: ReadonlySet<string> = new Set(Object.values(fieldsByReason).flat());
