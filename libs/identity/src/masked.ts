/** Of an address, enough to recognise one's own by, and too little to learn somebody else's. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
