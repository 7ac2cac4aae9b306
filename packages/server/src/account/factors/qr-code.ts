import qrcode from 'qrcode-generator';
import { Html, html } from '../../pages/html.ts';

/** Light modules around the code, as scanners want them. */
const margin = 4;

/** A text as a QR code, drawn by one path: a page's policy lets no style attribute and no other file in. */
export function qrCode(text: string, label: string): Html {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * margin;
  const rows = Array.from({ length: count }, (_, row) => row);
  const path = rows
    .flatMap((row) => rows.filter((column) => code.isDark(row, column)).map((column) => [column, row] as const))
    .map(([column, row]) => `M${column + margin} ${row + margin}h1v1h-1z`)
    .join('');
  return html`<svg id="qr-code" role="img" aria-label="${label}" width="240" height="240" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${new Html(path)}"/></svg>`;
}
