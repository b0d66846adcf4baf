// The microphone's samples, brought from the browser's rate to the station's 24,000 a second, in frames of 20 ms of 16 bits.
"use strict";

const RATE = 24000;
const FRAME = 480;
const HALF = 16; // taps to each side of the windowed sinc

class Mouth extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE; // input samples for one of ours
    this.cut = Math.min(1, RATE / sampleRate) * 0.92;
    this.reach = Math.ceil(HALF / this.cut);
    this.held = new Float32Array(this.reach); // what the filter still needs, silence at first
    this.at = this.reach;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  sample(held, at) {
    const middle = Math.floor(at);
    let sum = 0;
    for (let n = middle - this.reach + 1; n <= middle + this.reach; n += 1) {
      const x = (n - at) * this.cut;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * (n - at)) / this.reach);
      sum += held[n] * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
    }
    return sum * this.cut;
  }

  process(inputs) {
    const came = inputs[0][0];
    if (!came) return true;
    const held = new Float32Array(this.held.length + came.length);
    held.set(this.held);
    held.set(came, this.held.length);
    while (this.at + this.reach < held.length) {
      this.frame[this.filled] = Math.max(-32768, Math.min(32767, Math.round(this.sample(held, this.at) * 32767)));
      this.filled += 1;
      this.at += this.step;
      if (this.filled === FRAME) {
        this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
      }
    }
    const gone = Math.max(0, Math.floor(this.at) - this.reach);
    this.held = held.slice(gone);
    this.at -= gone;
    return true;
  }
}

registerProcessor("mouth", Mouth);
