import type { GateAnswer, GateRequest } from './exchange.ts';
import type { Gate } from './gate.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';

/** The colours and measures of our own pages, by which apps can fit in. */
const style = {
  color_background: '#ffffff',
  color_error: '#c0392b',
  color_highlight: '#0b62c4',
  color_modal_backdrop: '#00000080',
  color_success: '#1e7d45',
  color_text: '#1a1a1a',
  dim_border_radius: '6px',
  dim_font_size: '17px',
  dim_spacing_size: '16px',
  font_family_body: 'system-ui, sans-serif',
  font_family_heading: 'system-ui, sans-serif',
} as const;

/** `smart_style_url`, for anybody. @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#styling */
export async function smartStyle(gate: Gate, request: GateRequest): Promise<GateAnswer> {
  if (!(await gate.site(request.site))) return refusalAnswer(new OAuthError('unknown-site'));
  return { status: 200, headers: { 'cache-control': 'public, max-age=3600' }, body: style };
}
