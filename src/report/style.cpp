#include "report/style.h"

namespace foldwave::report {

// Blue and vermilion keep apart under every common colour blindness (Okabe & Ito 2008).
const char* const page_style = R"css(
:root { color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --text: #1c2127; --muted: #626b75; --line: #e5e2da; --accent: #0a63a5;
  --warm: #c4500f; --good: #0b7a5c;
  --chart-text: #2b3138; --chart-muted: #6b747e; --chart-grid: #e9e6df; --chart-heat: #0a63a5; --chart-on_heat: #ffffff;
  --chart-first: #0a63a5; --chart-second: #d55e00; --chart-third: #0b8a68; --chart-fourth: #b4588f;
  --chart-fifth: #c18a00; --chart-sixth: #4ba3d9; --chart-card: var(--card); }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --card: #1b1f24; --text: #e9e6df; --muted: #a0a8b1; --line: #2d333a; --accent: #78b7ec;
  --warm: #f19a5f; --good: #5cc9a7;
  --chart-text: #dcdad4; --chart-muted: #98a1ab; --chart-grid: #2b3138; --chart-heat: #6fb1ea; --chart-on_heat: #0d1216;
  --chart-first: #6fb1ea; --chart-second: #f0914f; --chart-third: #4fc3a1; --chart-fourth: #d68ab9;
  --chart-fifth: #dcb14a; --chart-sixth: #b9dcf5; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--text);
  font: 16px/1.55 Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 4rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; justify-content: space-between;
  border-bottom: 1px solid var(--line); padding-bottom: .9rem; }
header h1 { font-size: 1rem; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
header nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .875rem; }
h2, h3, p, li, figcaption, summary, footer { overflow-wrap: anywhere; }
a { color: var(--muted); text-decoration: none; }
a:hover, a:focus { color: var(--accent); text-decoration: underline; }
section { margin-top: clamp(2.25rem, 5vw, 3.75rem); }
h2 { font-size: 1.45rem; line-height: 1.2; font-weight: 600; letter-spacing: -.012em; margin: 0 0 .3rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 0 0 .5rem; }
section > h3 { margin-top: 1.25rem; }
.lead { color: var(--muted); margin: 0 0 1.25rem; max-width: 46rem; text-wrap: pretty; }
.verdict { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.5rem 3.5rem;
  align-items: end; }
.score { font-size: clamp(4.25rem, 17vw, 8.5rem); line-height: .95; font-weight: 300; letter-spacing: -.045em;
  margin: 0 0 1rem; color: var(--accent); white-space: nowrap; }
.score .error { font-size: .26em; letter-spacing: -.01em; color: var(--muted); font-weight: 400; }
.score.none { font-size: clamp(2.5rem, 9vw, 4.5rem); color: var(--muted); }
.of { font-size: 1.1rem; margin: 0 0 .5rem; max-width: 34rem; text-wrap: pretty; }
.of b { overflow-wrap: anywhere; }
.why, .note, figcaption { color: var(--muted); font-size: .875rem; }
.why { margin: 0; max-width: 34rem; text-wrap: pretty; }
.facts { margin: 0; }
.facts div { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0 1rem; padding: .55rem 0;
  border-top: 1px solid var(--line); }
.facts div:last-child { border-bottom: 1px solid var(--line); }
dt { color: var(--muted); }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
dd .note { font-weight: 400; margin-left: .35rem; }
aside { margin-top: 2rem; border-left: 3px solid var(--warm); padding: .2rem 0 .2rem 1.1rem; }
aside h2 { font-size: 1rem; }
aside ul, .notes { margin: .25rem 0 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1.25rem;
  align-items: start; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem clamp(.75rem, 2vw, 1.25rem) .9rem; min-width: 0; }
.picture { width: 100%; max-width: 600px; margin: 0 auto; }
figure.broad { grid-column: 1 / -1; }
.broad .picture { max-width: 900px; overflow-x: auto; }
.broad svg { min-width: 40rem; }
.picture svg { display: block; width: 100%; height: auto; }
.picture text { font-family: inherit; }
.wide + .figures { margin-top: 1.25rem; }
figure.both { margin-bottom: 1.25rem; }
.both h3 { overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .5rem 2.5rem; }
figcaption { margin-top: .5rem; text-wrap: pretty; }
.absent { color: var(--warm); margin: 0; }
details { margin-top: .6rem; }
summary { cursor: pointer; color: var(--muted); font-size: .875rem; width: fit-content; }
summary:hover { color: var(--accent); }
.scroll { overflow-x: auto; margin: .6rem 0; max-height: 32rem; overflow-y: auto; }
#repeat .scroll { max-height: none; }
table { border-collapse: collapse; font-size: .875rem; min-width: 60%; }
th { text-align: left; font-weight: 600; color: var(--muted); position: sticky; top: 0; background: var(--paper);
  box-shadow: inset 0 -1px var(--line); }
figure th { background: var(--card); }
th button { font: inherit; color: inherit; background: none; border: 0; margin: 0; padding: 0; cursor: pointer;
  text-align: inherit; white-space: nowrap; }
th button::after { content: "\2195"; opacity: .35; margin-left: .3em; font-weight: 400; }
th[aria-sort=ascending] button::after { content: "\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: "\2193"; opacity: 1; }
th button:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.apart { margin: 1.25rem 0 0; max-width: 46rem; }
.wrong p { margin: .1rem 0 .6rem; font-size: .9375rem; text-wrap: pretty; }
.wrong h3 { overflow-wrap: anywhere; }
.wrong h3 .note { font-weight: 400; }
.wrong p.note { margin: .7rem 0 .2rem; font-size: .875rem; }
.wrong table { min-width: 100%; }
.wrong td { white-space: normal; overflow-wrap: anywhere; }
th, td { padding: .38rem 1.1rem .38rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); }
td:not(:last-child), th { white-space: nowrap; }
th.name, td.name, .name button { white-space: normal; overflow-wrap: break-word; max-width: min(16rem, 32vw); }
td:last-child:not(.n) { overflow-wrap: anywhere; min-width: 11rem; }
.n { text-align: right; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
.pill { white-space: nowrap; font-size: .8125rem; color: var(--muted); }
.pill.finished, .pill.done { color: var(--good); }
.pill.failed { color: var(--warm); font-weight: 600; }
.pill.running, .pill.chosen { color: var(--accent); font-weight: 600; }
pre { font: .8125rem/1.5 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; margin: .6rem 0; }
pre.command { font-size: .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 3.5rem; color: var(--muted); font-size: .8125rem; border-top: 1px solid var(--line);
  padding-top: .9rem; }
@media screen and (min-width: 68rem) { .wide figure { display: grid; grid-template-columns: 25rem minmax(0, 1fr);
  grid-template-rows: auto auto 1fr; gap: 0 1.5rem; }
  .wide h3 { grid-column: 1 / 3; }
.wide details { grid-column: 2; grid-row: 2 / 4; margin: 0; }
.wide summary { display: none; }
.wide th, .wide td { padding-right: .65rem; }
.wide .scroll { margin: 0; max-height: none; } }
@media (max-width: 34rem) { th, td { padding-right: .7rem; }
.facts div { grid-template-columns: 7.5rem 1fr; }
.figures { gap: 1rem; }
header nav { display: none; } }
@media print {
  :root { --paper: #fff; --card: #fff; --text: #000; --muted: #555; --line: #ccc; --accent: #0a63a5; --warm: #c4500f;
  --good: #0b7a5c; --chart-text: #111; --chart-muted: #555;
          --chart-grid: #ddd; --chart-heat: #0a63a5; --chart-on_heat: #fff; --chart-first: #0a63a5;
  --chart-second: #d55e00; --chart-third: #0b8a68; --chart-fourth: #b4588f; --chart-fifth: #c18a00;
  --chart-sixth: #4ba3d9; }
  body { font-size: 10.5pt; }
main { max-width: none; padding: 0; }
nav, th button::after { display: none !important; }
table { font-size: 8.5pt; }
.pill { font-size: inherit; }
th, td { padding-right: .6rem; }
th, td:not(.n), th button { white-space: normal; }
td:not(.n), th.name, .name button { overflow-wrap: anywhere; max-width: none; }
td:last-child:not(.n) { min-width: 0; }
.pair { grid-template-columns: 1fr 1fr; gap: .5rem; }
details[open] > summary { list-style: none; }
figure, tr { break-inside: avoid; }
h2, h3 { break-after: avoid; }
.scroll { overflow: visible; max-height: none; }
  .figures { grid-template-columns: 1fr 1fr; }
.broad svg { min-width: 0; }
details:not([open]) { display: none; }
.score { font-size: 64pt; }
section { margin-top: 1.5rem; } }
)css";

}  // namespace foldwave::report
