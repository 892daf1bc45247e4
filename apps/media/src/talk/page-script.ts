/** The page's side of the carrier protocol: the browser is the carrier, and the person at the microphone the caller. */
export const pageScript = String.raw`
const STREAM = "MZ" + hex(16);
const ACCOUNT = "AC" + "0".repeat(32);
const state = document.querySelector("#state");
const button = document.querySelector("#call");
const meter = document.querySelector("#level");
let call = null;

function hex(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

// ITU-T G.711 µ-law.
const decoded = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 128 ? -magnitude : magnitude) / 32768;
});
function encoded(sample) {
  const pcm = Math.max(-32635, Math.min(32635, Math.round(sample * 32768)));
  const magnitude = Math.abs(pcm) + 132;
  const exponent = 24 - Math.clz32(magnitude);
  return ~((pcm < 0 ? 128 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

/** The one-time ticket stands behind the # of the address, where no server sees it. */
function ticketOf() {
  const [ingressKey, ...ticket] = location.hash.slice(1).split(".");
  const text = ticket.join(".");
  try {
    const claims = JSON.parse(atob(ticket[0].replaceAll("-", "+").replaceAll("_", "/")));
    return { ingressKey, text, callId: claims.c };
  } catch {
    return null;
  }
}

class Call {
  constructor(ticket) {
    this.ticket = ticket;
    this.sequence = 0;
    this.chunk = 0;
  }

  async begin() {
    const constraints = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };
    this.microphone = await navigator.mediaDevices.getUserMedia({ audio: constraints });
    this.context = new AudioContext({ sampleRate: 8000, latencyHint: "interactive" });
    await this.context.audioWorklet.addModule("/talk/worklet.js");
    this.telephone = new AudioWorkletNode(this.context, "telephone", { outputChannelCount: [1] });
    this.telephone.port.onmessage = ({ data }) => (data.frame ? this.speak(data.frame) : this.played(data.mark));
    this.context.createMediaStreamSource(this.microphone).connect(this.telephone).connect(this.context.destination);
    await this.context.resume();
    this.socket = new WebSocket(location.origin.replace("http", "ws") + "/stream/" + this.ticket.ingressKey);
    this.socket.onopen = () => this.start();
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.ended(code);
  }

  start() {
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.send("start", {
      start: {
        accountSid: ACCOUNT,
        streamSid: STREAM,
        callSid: this.ticket.callId,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { ticket: this.ticket.text },
      },
    });
    this.isStarted = true;
    tell("Connected. Speak.", "Hang up");
  }

  speak(frame) {
    let power = 0;
    for (const sample of frame) power += sample * sample;
    meter.value = Math.max(0, 60 + 10 * Math.log10(power / frame.length + 1e-9));
    if (!this.isStarted || this.socket.readyState !== WebSocket.OPEN) return;
    const payload = btoa(String.fromCharCode(...frame.map(encoded)));
    const timestamp = String(this.chunk * 20);
    this.chunk += 1;
    this.send("media", { media: { track: "inbound", chunk: String(this.chunk), timestamp, payload } });
  }

  hear(frame) {
    if (frame.event === "media") {
      const bytes = atob(frame.media.payload);
      const audio = Float32Array.from(bytes, (byte) => decoded[byte.charCodeAt(0)]);
      if (audio.length > 0) this.telephone.port.postMessage({ audio }, [audio.buffer]);
    } else if (frame.event === "mark") this.telephone.port.postMessage({ mark: frame.mark.name });
    else if (frame.event === "clear") this.telephone.port.postMessage({ clear: true });
  }

  played(name) {
    if (this.socket.readyState === WebSocket.OPEN) this.send("mark", { mark: { name } });
  }

  press(digit) {
    this.send("dtmf", { dtmf: { track: "inbound_track", digit } });
  }

  hangUp() {
    if (this.socket?.readyState === WebSocket.OPEN)
      this.send("stop", { stop: { accountSid: ACCOUNT, callSid: this.ticket.callId } });
    else this.ended(1000);
  }

  send(event, body) {
    this.sequence += 1;
    this.socket.send(JSON.stringify({ event, sequenceNumber: String(this.sequence), streamSid: STREAM, ...body }));
  }

  ended(code) {
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    call = null;
    const used = code === 4401 ? "This ticket is used or too old: make another with tandem-media talk." : "The call has ended.";
    tell(used, "Call");
    button.disabled = true;
  }
}

function tell(text, label) {
  state.textContent = text;
  button.textContent = label;
}

button.onclick = () => {
  if (call !== null) return call.hangUp();
  call = new Call(ticketOf());
  tell("Connecting …", "Hang up");
  call.begin().catch((error) => {
    call?.ended(1000);
    tell("No call: " + error.message, "Call");
  });
};
for (const key of document.querySelectorAll("#keys button")) key.onclick = () => call?.press(key.textContent);
if (ticketOf() === null) {
  tell("This address has no ticket: open the one that tandem-media talk prints.", "Call");
  button.disabled = true;
}
`;
