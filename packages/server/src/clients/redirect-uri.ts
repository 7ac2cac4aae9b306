import { isLoopbackHost } from '../oauth/guarded-fetch.ts';

const dangerous = /^(javascript|data|vbscript|file|blob|about|ftp|gopher|ws|wss|view-source):/i;

/**
 * Why a redirect URI cannot be registered; undefined where it can. It is later compared character by character, so
 * nothing that two parsers read differently may get in.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.1
 */
export function redirectUriFault(text: string): string | undefined {
  if (text.length > 2048) return 'is longer than 2048 characters';
  if (!/^[\x21-\x7e]+$/.test(text)) return 'holds a space or a character outside of ASCII: encode it';
  if (/["<>\\^`{|}]/.test(text)) return 'holds a character that a URI may not have unencoded';
  if (text.includes('*')) return 'holds a wildcard: register each URI exactly';
  if (text.includes('#')) return 'has a fragment (#), which a redirect URI must not have';
  if (dangerous.test(text)) return 'has a scheme that no app can be called by';
  if (!URL.canParse(text)) return 'is not an absolute URI';
  const url = new URL(text);
  if (url.username || url.password || /^[a-z]+:\/\/[^/?]*@/i.test(text)) return 'holds a user name or password (@)';
  if (/(^|\/|%2f|%5c)(\.|%2e){1,2}(\/|$|\?|%2f|%5c)/i.test(text.replace(/^[^:]*:\/*/, '')))
    return 'holds a . or .. path segment';
  if (url.protocol === 'http:') {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!isLoopbackHost(host)) return 'is plain http: use https (http is for localhost, 127.0.0.1 and [::1] only)';
  } else if (url.protocol !== 'https:' && !url.protocol.includes('.')) {
    return 'has a scheme of its own without a dot: use your domain in reverse, such as com.example.app:/callback';
  }
  if (url.protocol.startsWith('http')) {
    const written = text.match(/^([^:]+):\/\/([^/?]*)/);
    if (!written || `${written[1]}://${written[2]}` !== url.origin) {
      return `is written in another way than programs compare it: write ${url.href}`;
    }
  }
  return undefined;
}
