const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Where a person talks to a slot through the browser. Nothing on it is anybody's: the ticket stands behind the # of the address. */
export const talkPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Talk to a slot</title>
<link rel="stylesheet" href="/talk/talk.css">
</head>
<body>
<main>
<h1>Talk to a slot</h1>
<p id="state" role="status">Ready. The microphone is used during the call only.</p>
<button id="call" type="button">Call</button>
<label>Your voice <meter id="level" min="0" max="60" value="0"></meter></label>
<div id="keys" role="group" aria-label="Keypad">${KEYS.map((key) => `<button type="button">${key}</button>`).join("")}</div>
</main>
<script type="module" src="/talk/talk.js"></script>
</body>
</html>
`;

export const talkStyle = `body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { width: min(22rem, 90vw); display: grid; gap: 1rem; }
h1 { font-size: 1.25rem; margin: 0; }
button { font: inherit; padding: 0.6rem; cursor: pointer; }
label { display: grid; }
meter { width: 100%; }
#keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.4rem; }
`;

/** Own scripts, own sockets, nothing else. */
export const TALK_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
