/** The look of a proof pack, within the file: light and dark by the reader's wish, and on paper. */
export const proofStyle = `
:root{color-scheme:light dark;--ink:#16202b;--muted:#5a6875;--line:#d9e0e6;--ground:#fff;--panel:#f5f7f9;--accent:#0b5cad;--good:#12703a;--bad:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--muted:#9aa7b4;--line:#2e3943;--ground:#12171c;--panel:#1a2128;--accent:#7db8f2;--good:#6fcf97;--bad:#ff8a80;--warn:#e8b45a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .35rem}
h2{font-size:1.1rem;margin:2.4rem 0 .7rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:.98rem;margin:1.3rem 0 .4rem}
p{margin:.4rem 0}.muted{color:var(--muted)}
.badge{display:inline-block;padding:.08rem .6rem;border-radius:1rem;border:1px solid currentColor;font-size:.82rem;font-weight:600;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
nav{margin:1.1rem 0;display:flex;flex-wrap:wrap;gap:.3rem .9rem;font-size:.88rem}a{color:var(--accent)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.1rem;margin:.9rem 0}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;margin:.7rem 0}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th{position:static;text-align:left;font-weight:600;color:var(--muted);background:var(--panel)}
th,td{padding:.42rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.when{white-space:nowrap;color:var(--muted);font-variant-numeric:tabular-nums}
.turns{list-style:none;margin:.5rem 0;padding:0}
.turns li{display:grid;grid-template-columns:6.6rem minmax(0,1fr) max-content;gap:.7rem;padding:.35rem .7rem;border-left:3px solid var(--line);margin:.25rem 0}
.turns li.agent{border-left-color:var(--accent);background:var(--panel)}
td code{white-space:nowrap}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--muted)}
@media(max-width:40rem){main{padding:1.25rem .9rem 3rem}h1{font-size:1.3rem}dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin:0 0 .55rem}.turns li{grid-template-columns:minmax(0,1fr) max-content}.turns li .said{grid-column:1/-1;grid-row:2}
td code{white-space:normal}table.stack thead{display:none}table.stack tr{display:block;padding:.45rem .7rem;border-bottom:1px solid var(--line)}table.stack tr:last-child{border-bottom:0}table.stack td{display:block;padding:.1rem 0;border:0;text-align:left;white-space:normal;overflow-wrap:anywhere}table.stack td[data-label]:not([data-label=""])::before{content:attr(data-label) ": ";color:var(--muted)}}
@media print{:root{color-scheme:light;--ink:#000;--muted:#444;--line:#bbb;--ground:#fff;--panel:#f4f4f4;--accent:#000;--good:#0a5a2c;--bad:#8c1d18;--warn:#6b4600}body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h2{break-after:avoid}tr,li{break-inside:avoid}.wide{overflow:visible}a{text-decoration:none}}
`;
