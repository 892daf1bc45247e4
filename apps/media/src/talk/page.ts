const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Where a person talks to a slot through the browser. Nothing on it is anybody's: the ticket stands behind the # of the address. */
export const talkPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Talk to a slot · Tandem</title>
<link rel="icon" href="/talk/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/talk/talk.css">
</head>
<body>
<main data-state="ready">
<header>
<h1>Talk to a slot</h1>
<time id="clock" aria-label="Duration of the call">0:00</time>
</header>
<p id="state" role="status">Ready. The microphone is used during the call only.</p>
<button id="call" type="button">Call</button>
<div id="levels">
<label for="level">You</label><meter id="level" min="0" max="60" value="0"></meter>
<label for="agent">Agent</label><meter id="agent" min="0" max="60" value="0"></meter>
</div>
<details>
<summary>Keypad</summary>
<div id="keys" role="group" aria-label="Keypad">${KEYS.map((key) => `<button type="button" aria-label="Key ${key}">${key}</button>`).join("")}</div>
</details>
<h2>What happened</h2>
<ol id="log" role="log" aria-label="What happened in the call" tabindex="0"></ol>
<noscript><p>This page needs JavaScript: it is the telephone.</p></noscript>
</main>
<script type="module" src="/talk/talk.js"></script>
</body>
</html>
`;

export const talkIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2456d6"/><path d="M8 13v6M13 8v16M18 11v10M23 14v4" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`;

/** Own scripts, own sockets, nothing else. */
export const TALK_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
