import type { SearchValue } from '@chartgate/fhir';

/**
 * How a search asks for what a resource holds: the text after `parameter=`. Undefined for what no search can name, such
 * as a reference that is a text alone.
 */
export function searchText(value: SearchValue): string | undefined {
  switch (value.kind) {
    case 'token': {
      const { system, code } = value;
      if (code === undefined) return system === undefined ? undefined : `${escaped(system)}|`;
      return system === undefined ? escaped(code) : `${escaped(system)}|${escaped(code)}`;
    }
    case 'reference':
      if (value.type !== undefined && value.id !== undefined) return `${value.type}/${value.id}`;
      // A contained resource has no address that a search could name.
      return value.url === undefined || value.url.startsWith('#') ? undefined : escaped(value.url);
    case 'string':
      return escaped(value.value.slice(0, 60));
    case 'uri':
      return escaped(value.value);
    case 'date':
      return Number.isFinite(value.lo) ? `ge${instant(value.lo)}` : `le${instant(value.hi)}`;
    case 'number':
      return value.lo === value.hi ? String(value.lo) : `ge${value.lo}`;
    case 'quantity': {
      const number = value.lo === value.hi ? String(value.lo) : `ge${value.lo}`;
      if (value.code === undefined) return number;
      return `${number}|${escaped(value.system ?? '')}|${escaped(value.code)}`;
    }
    default:
      return value satisfies never;
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function escaped(text: string): string {
  return text.replace(/[,$|\\]/g, '\\$&');
}
