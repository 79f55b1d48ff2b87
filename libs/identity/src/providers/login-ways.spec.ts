import { certifiedStand } from '../testing/certified-stand.js';
import { describeLoginWay } from '../testing/login-way.contract.js';
import { facebookStand } from '../testing/facebook-stand.js';
import { entraStand, googleStand, openIdStand } from '../testing/openid-stands.js';

describeLoginWay('any OpenID provider', { open: openIdStand, as: (sub) => ({ sub }) });
describeLoginWay('a certified OpenID provider, by its pages', { open: certifiedStand, as: (sub) => ({ sub }) });
describeLoginWay('Microsoft Entra ID', { open: entraStand, as: (oid) => ({ oid }) });
describeLoginWay('Google', { open: googleStand, as: (sub) => ({ sub }) });
describeLoginWay('Facebook', { open: facebookStand, as: (id) => ({ id }) });
