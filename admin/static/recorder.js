// Reading into the browser's microphone: record, listen, keep. Without this file the page takes sound files.
"use strict";

const room = document.querySelector("[data-recorder]");
if (room) {
  const LONGEST_S = 1800; // as long as the station takes
  const why = (name) => room.querySelectorAll("[data-why]").forEach((hint) => { hint.hidden = hint.dataset.why !== name; });
  const copy = (name) => room.querySelector(`template[${name}]`).content.firstElementChild.cloneNode(true);
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  let running = null; // what ends the recording that is going on
  let unsaved = 0; // takes that were neither kept nor dropped

  const kind = () => ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"].find((each) => MediaRecorder.isTypeSupported(each)) || "";

  const record = async (passage) => {
    if (running) running();
    why("");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true } });
    } catch (error) {
      why(error.name === "NotAllowedError" || error.name === "SecurityError" ? "denied" : "missing");
      room.scrollIntoView({ block: "nearest" });
      return;
    }
    const taking = copy("data-taking");
    passage.querySelectorAll(".take").forEach((old) => old.remove());
    passage.append(taking);
    passage.querySelector("form").hidden = true;
    const type = kind();
    const recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 64000 } : {});
    const pieces = [];
    const context = new AudioContext();
    const ear = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(ear);
    const wave = new Float32Array(ear.fftSize);
    const began = performance.now();
    let loudest = 0;
    const look = () => {
      ear.getFloatTimeDomainData(wave);
      const peak = wave.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      const seconds = (performance.now() - began) / 1000;
      loudest = Math.max(loudest, peak);
      taking.querySelector("[data-level]").value = Math.min(100, Math.sqrt(peak) * 100);
      taking.querySelector("[data-clock]").textContent = clock(seconds);
      taking.querySelector("[data-faint]").hidden = seconds < 3 || loudest > 0.02;
      if (peak > 0.98) taking.querySelector("[data-loud]").hidden = false;
      if (seconds > LONGEST_S) running?.();
    };
    const looking = setInterval(look, 100);
    const awake = navigator.wakeLock ? navigator.wakeLock.request("screen").catch(() => null) : null; // a courtesy: reading may take minutes
    running = () => { running = null; if (recorder.state !== "inactive") recorder.stop(); };
    recorder.ondataavailable = (event) => { if (event.data.size) pieces.push(event.data); };
    recorder.onstop = () => {
      clearInterval(looking);
      stream.getTracks().forEach((track) => track.stop());
      context.close();
      awake?.then((lock) => lock?.release());
      taking.remove();
      taken(passage, new Blob(pieces, { type: recorder.mimeType || type }));
    };
    taking.querySelector("[data-stop]").addEventListener("click", () => running?.());
    recorder.start(1000);
    taking.querySelector("[data-stop]").focus();
  };

  const taken = (passage, sound) => {
    const form = passage.querySelector("form");
    const box = copy("data-taken");
    const address = URL.createObjectURL(sound);
    box.querySelector("audio").src = address;
    passage.append(box);
    unsaved += 1;
    const away = () => { URL.revokeObjectURL(address); box.remove(); unsaved -= 1; form.hidden = false; };
    box.querySelector("[data-drop]").addEventListener("click", away);
    box.querySelector("[data-again]").addEventListener("click", () => { away(); record(passage); });
    box.querySelector("[data-keep]").addEventListener("click", () => {
      const held = new DataTransfer();
      held.items.add(new File([sound], `read.${/mp4/.test(sound.type) ? "m4a" : /ogg/.test(sound.type) ? "ogg" : "webm"}`, { type: sound.type }));
      form.querySelector("input[type=file]").files = held.files;
      unsaved = 0;
      box.querySelectorAll("button").forEach((button) => { button.disabled = true; });
      form.requestSubmit();
    });
    box.querySelector("audio").focus();
  };

  addEventListener("beforeunload", (event) => { if (unsaved || running) event.preventDefault(); });

  if (!isSecureContext) why("insecure");
  else if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) why("unable");
  else {
    document.querySelectorAll("[data-record]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => record(button.closest("[data-passage]")));
    });
  }
}
