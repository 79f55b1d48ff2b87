import type { Demo } from './seed.js';

/** What to try, for whoever started the demo. */
export function introduce(url: string, { tenant, staffToken, licenseKey, licenses }: Demo): string {
  return `
A vendor with ${licenses} licenses is there. Press Ctrl-C to stop; the data is then removed.

  API            ${url}/v1
  reference      ${url}/docs
  OpenAPI        ${url}/openapi.json
  health         ${url}/health/ready

  staff token    ${staffToken}
  license key    ${licenseKey}   (vendor: ${tenant})

Try:

  curl -s '${url}/v1/licenses?status=expiring-soon,grace&sort=expiresAt&limit=5' -H 'Authorization: Bearer ${staffToken}'

  curl -s ${url}/v1/license/activations -H 'Authorization: License ${licenseKey}' -H 'Keyledger-Tenant: ${tenant}' -H 'Content-Type: application/json' -d '{"fingerprint":"my-first-device","name":"My laptop"}'

  curl -s ${url}/v1/license/validate -H 'Authorization: License ${licenseKey}' -H 'Keyledger-Tenant: ${tenant}' -H 'Content-Type: application/json' -d '{"fingerprint":"my-first-device"}'

`;
}
