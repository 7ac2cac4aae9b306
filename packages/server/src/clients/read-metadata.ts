import { OAuthError, shown } from '../oauth/oauth-error.ts';
import { type MemberKind, meantMember, members } from './metadata-members.ts';

/** Metadata whose members are known and of the right type, and what the sender should hear about the rest. */
export type ReadMetadata = {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
};

const longestUri = 2048;
const longestText = 32_768;
const longestList = 50;

/**
 * Reads the members of a registration. A misspelt member is read as the one that was meant, with a warning; an unknown
 * one is left out, with a warning; one of a wrong type is refused.
 * @throws {OAuthError} invalid_client_metadata
 */
export function readMetadata(body: Readonly<Record<string, unknown>>): ReadMetadata {
  const warnings: string[] = [];
  const metadata: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === null) continue; // RFC 7591 section 2: the same as leaving it out
    const member = Object.hasOwn(members, name) ? name : meantMember(name);
    if (member === undefined) {
      warnings.push(`"${shown(name)}" is not a member this server knows: it was left out.`);
    } else if (member === name) {
      metadata[name] = readMember(name, value);
    } else if (Object.hasOwn(body, member)) {
      warnings.push(`"${shown(name)}" was left out: "${member}" is the member's name, and it is there as well.`);
    } else {
      warnings.push(`"${shown(name)}" was read as "${member}": send it under that name.`);
      metadata[member] = readMember(member, asMeant(member, value));
    }
  }
  return { metadata, warnings };
}

/** The value in the shape the right member has: a single URI for a list, a single key for a key set. */
function asMeant(member: string, value: unknown): unknown {
  const kind = members[member];
  if ((kind === 'uris' || kind === 'texts') && typeof value === 'string') return [value];
  if (member === 'scope' && Array.isArray(value)) return value.join(' ');
  if (member === 'jwks' && Array.isArray(value)) return { keys: value };
  if (member === 'jwks' && typeof value === 'object' && value !== null && 'kty' in value) return { keys: [value] };
  return value;
}

function readMember(name: string, value: unknown): unknown {
  const kind = members[name] as MemberKind;
  const why = fault(kind, value);
  if (why !== undefined) {
    throw new OAuthError(name === 'redirect_uris' ? 'redirect-uri' : 'metadata', {
      description: `${name} ${why}.`,
      received: `${name}: ${name === 'jwks' ? typeof value : shown(value)}`,
    });
  }
  return value;
}

function fault(kind: MemberKind, value: unknown): string | undefined {
  switch (kind) {
    case 'text':
      return isText(value)
        ? undefined
        : `must be a text of at most ${longestText} characters without control characters`;
    case 'uri':
      return isWebUri(value) ? undefined : `must be an http or https URL of at most ${longestUri} characters`;
    case 'texts':
      return isList(value, isText) ? undefined : `must be a list of at most ${longestList} texts`;
    case 'uris':
      return isList(value, isText) ? undefined : `must be a list of at most ${longestList} URLs`;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'object':
      return typeof value === 'object' && value !== null ? undefined : 'must be a JSON object';
    default:
      return kind satisfies never;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText && !/\p{Cc}/u.test(value);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= longestList && value.every(isItem);
}

function isWebUri(value: unknown): boolean {
  if (!isText(value) || value.length > longestUri || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
