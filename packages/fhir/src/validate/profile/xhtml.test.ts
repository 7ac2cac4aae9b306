import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../../testing/profile.ts';
import { checkXhtml } from './xhtml.ts';

const ns = 'xmlns="http://www.w3.org/1999/xhtml"';
const div = (inner: string) => `<div ${ns}>${inner}</div>`;

for (const inner of [
  'text',
  '<p>a &amp; b &#169; &#xA9;</p>',
  '<b>b</b><br/><hr class="x" />',
  '<img src="data:image/png;base64,AAAA" alt=""/>',
  '<a href="http://a.example">x</a><a href="#y">y</a><a href="Patient/1">z</a><a name="y"/>',
  '<table border="1"><tr><td style="color: red; background-image: url(x.png)" colspan="2">x</td></tr></table>',
  '<!-- <script> -->x',
]) {
  test(`a narrative may hold ${inner}`, () => assert.equal(checkXhtml(div(inner)), undefined));
}

for (const inner of [
  '<script>alert(1)</script>',
  '<SCRIPT>alert(1)</SCRIPT>',
  '<svg onload="alert(1)"/>',
  '<img src="x" onerror="alert(1)"/>',
  '<p onclick="alert(1)">x</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>',
  '<a href="java&#x0A;script:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="data:text/html,x">x</a>',
  '<a href="vbscript:x">x</a>',
  '<img src="data:image/svg+xml;base64,AAAA"/>',
  '<iframe src="http://a.example"/>',
  '<object data="http://a.example"/>',
  '<form action="http://a.example"><input/></form>',
  '<style>p {}</style>',
  '<link rel="stylesheet" href="http://a.example"/>',
  '<base href="http://a.example"/>',
  '<meta http-equiv="refresh" content="0"/>',
  '<p style="width: expression(alert(1))">x</p>',
  '<p style="background: url(\'javascript:alert(1)\')">x</p>',
  '<p style="background: u\\72l(x)">x</p>',
  '<p style="/**/x">x</p>',
  '<![CDATA[<script>]]>',
  '<?php x ?>',
  '<!DOCTYPE x>',
  '<p>x',
  '<p>x</b></p>',
  '<p class=x>x</p>',
  '<p class="a" class="b">x</p>',
  'a & b',
  '&nbsp;',
  '&undefined;',
  '',
  ' \n ',
  '<p></p>',
]) {
  test(`attack 69: a narrative may not hold ${JSON.stringify(inner)}`, () => {
    assert.match(checkXhtml(div(inner)) ?? '', /^txt-[12]: /);
  });
}

for (const text of ['<p>x</p>', 'x', `${div('x')}${div('y')}`, `x${div('y')}`, `${div('x')}<!--`, `<div ${ns}>`]) {
  test(`${text} is no narrative`, () => assert.match(checkXhtml(text) ?? '', /^txt-1: /));
}

test('a narrative in a resource is refused with its rule and no part of its text', () => {
  const text = { status: 'generated', div: div('<script>secret</script>') };
  assert.deepEqual(findings({ resourceType: 'Patient', text }), ['error invariant Patient.text.div']);
});

test('attack 69: a long narrative is read in one go', () => {
  const start = performance.now();
  for (const inner of [
    '<b>'.repeat(300_000),
    `<p ${' '.repeat(900_000)}`,
    '&'.repeat(900_000),
    `<p a${'="'.repeat(400_000)}`,
  ]) {
    assert.ok(checkXhtml(div(inner)));
  }
  assert.ok(performance.now() - start < 2000);
});
