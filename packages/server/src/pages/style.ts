/** The style sheet of all pages: readable at 320 px, by day and by night, with contrasts of WCAG 2.2 AA. */
export const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.55 system-ui, sans-serif; --line: #8886; --edge: #737b85;
  --accent: #0b5cb8; --quiet: #4a525c; --alert: #b3261e; --card: #f5f7fa; --back: #fff; }
@media (prefers-color-scheme: dark) { :root { --edge: #8d96a1; --accent: #86bbff; --quiet: #b4bcc6; --alert: #ff8a80;
  --card: #1d2228; --back: #14181c; } }
* { box-sizing: border-box; }
body { max-width: 38rem; margin: 0 auto; padding: 2rem 1rem 4rem; background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
label.tick { display: flex; gap: .7rem; align-items: start; font-weight: 400; margin: 0; padding: .35rem 0; cursor: pointer; }
input:not([type=checkbox], [type=radio]), select { width: 100%; font: inherit; padding: .6rem .7rem; min-height: 2.75rem;
  border: 1px solid var(--edge); border-radius: .4rem; background: var(--back); color: inherit; }
input[type=checkbox], input[type=radio] { width: 1.25rem; height: 1.25rem; flex: none; margin: .2rem 0 0;
  accent-color: var(--accent); }
button { font: inherit; font-weight: 600; padding: .65rem 1.2rem; border: 1px solid var(--accent); border-radius: .4rem;
  background: var(--accent); color: var(--back); cursor: pointer; min-height: 2.75rem; }
button.second { background: transparent; color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.actions > * { flex: 1 1 8rem; }
.choices { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .6rem; }
button.choice { display: flex; flex-wrap: wrap; gap: 0 .75rem; justify-content: space-between; align-items: baseline;
  width: 100%; text-align: left; background: var(--card); color: inherit; border-color: var(--edge); font-weight: 400; }
button.choice:hover { border-color: var(--accent); }
fieldset { border: 1px solid var(--line); border-radius: .6rem; padding: .4rem 1rem .7rem; margin: 1rem 0; min-width: 0; }
legend { font-weight: 600; padding: 0 .35rem; margin-left: -.35rem; }
fieldset p { margin: .35rem 0; }
.parts { margin: 0 0 .6rem .6rem; padding-left: 1.3rem; border-left: 2px solid var(--line); }
details.parts { padding-left: 1.3rem; }
details { margin: .25rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
ul { padding-left: 1.3rem; }
.card { border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.1rem; margin: 1.25rem 0; background: var(--card); }
.card h2 { margin-top: 0; }
.note, .fault { border-left: .3rem solid var(--accent); background: var(--card); border-radius: 0 .4rem .4rem 0;
  padding: .6rem 1rem; margin: 1rem 0; }
.fault { border-left-color: var(--alert); }
.note p, .fault p { margin: .3rem 0; }
.new { font-size: .8rem; font-weight: 700; color: var(--back); background: var(--accent); border-radius: 1rem;
  padding: .1rem .5rem; margin-left: .3rem; }
.quiet { color: var(--quiet); font-size: .93rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
`;
