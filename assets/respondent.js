// Respondent pages work without this. With it: answers are saved as they are given; what the network or the server doesn't
// take stays on the page and is tried again; and a person's first movement tells that the page was opened by a person and not
// by a mail scanner.
"use strict";
(() => {
  const home = document.body.dataset.home;
  const post = (path, body, more) =>
    fetch(path, { method: "POST", body, credentials: "same-origin", headers: { accept: "application/json" }, ...more });

  if (home) {
    const signs = ["pointerdown", "keydown", "wheel", "touchstart"];
    const opened = () => {
      signs.forEach((s) => removeEventListener(s, opened));
      post(home + "/opened", new URLSearchParams(), { keepalive: true }).catch(() => {});
    };
    signs.forEach((s) => addEventListener(s, opened, { passive: true, once: true }));
  }

  // A deadline in the reader's own zone, where that is another than the sender's at that moment.
  // The day before the month, as the deadline itself is written.
  const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  for (const time of document.querySelectorAll("time[data-here]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime()) || -at.getTimezoneOffset() === Number(time.dataset.offset)) continue;
    const format = { year: "numeric", month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    const here = document.createElement("span");
    here.className = "here";
    here.textContent = time.dataset.here.replace("{at}", new Intl.DateTimeFormat(lang, format).format(at));
    time.after(here);
  }

  // What an address points at lies in something folded: it is opened, also where the browser doesn't do it.
  const unfold = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      // An address that somebody made up.
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    const folded = target.closest("details:not([open])");
    for (let at = folded; at; at = at.parentElement && at.parentElement.closest("details")) at.open = true;
    if (folded) target.scrollIntoView();
    if (target.hasAttribute("tabindex")) target.focus();
  };
  addEventListener("hashchange", unfold);
  unfold();

  const form = document.querySelector("form[data-send]");
  if (!form) return;
  const status = document.getElementById("saved");
  const words = status.dataset;

  // What isn't saved is kept here, in the page's memory, and nowhere else: answers in localStorage would stay behind on a
  // machine that others use.
  let waiting = new Set(); // Questions that changed and are to be saved.
  const held = new Set(); // Questions whose answer the server has refused, until they change or a button is pressed.
  let busy = false; // A request is on its way.
  let pressed = null; // The form is to be posted, by this button.
  let failures = 0; // How often in a row nothing was taken.
  let leaving = false; // All is saved, and the next page is on its way.
  let timer;

  // A browser lets a request outlive its page only up to 64 KiB in all.
  const outlives = (body) => body.toString().length < 60_000;
  const stay = (event) => {
    event.preventDefault();
    event.returnValue = true;
  };
  // Leaving is asked about while something would be lost by it: what was just typed goes along when the page is put away.
  const warn = () => {
    const lost = failures > 0 || held.size > 0 || (waiting.size > 0 && !outlives(fieldsOf(waiting)));
    (lost && !leaving ? addEventListener : removeEventListener)("beforeunload", stay);
  };
  const tell = (text, bad) => {
    status.classList.toggle("notice", bad);
    status.classList.toggle("warn", bad);
    if (status.textContent !== text) status.textContent = text;
  };
  const tellUnsaved = (more) => {
    const last = words.at ? words.last.replace("%", words.at) : "";
    tell([words.unsaved, last, more].filter(Boolean).join(" "), true);
  };

  const fieldsOf = (sections) => {
    const body = new URLSearchParams();
    for (const section of sections) {
      for (const field of section.querySelectorAll("input, textarea, select")) {
        const box = field.type === "radio" || field.type === "checkbox";
        if (field.name && (!box || field.checked)) body.append(field.name, field.value);
      }
    }
    return body;
  };

  // Gives `{ reply, said }`; neither where nobody answered, or something in between that isn't our server.
  const ask = async (path, body) => {
    const tooLong = AbortSignal.timeout?.(20_000);
    try {
      const reply = await post(path, body, { keepalive: outlives(body), signal: tooLong });
      const isJson = /json/.test(reply.headers.get("content-type"));
      return { reply, said: isJson ? await reply.json() : null };
    } catch {
      return {};
    }
  };
  // The server refuses it, and would refuse it again: somebody has to do something first.
  const passes = ({ status, headers }) => status === 408 || (status === 429 && headers.has("retry-after"));
  const isRefused = ({ reply, said }) => said && reply.status >= 400 && reply.status < 500 && !passes(reply);

  const again = (reply, said) => {
    failures += 1;
    const wanted = Number(reply?.headers.get("retry-after")) * 1000 || 0;
    clearTimeout(timer);
    timer = setTimeout(go, Math.max(Math.min(1000 * 2 ** failures, 60_000), Math.min(wanted, 300_000)));
    tellUnsaved(said?.title);
    warn();
  };
  const refuse = (reply, said) => {
    failures = 0;
    // It won't get better by itself, so the page doesn't say that it would.
    tell(words.refused.replace("%", said.title ?? reply.status), true);
    if (reply.status === 401) {
      const link = document.createElement("a");
      link.href = home + "/device";
      link.target = "_blank";
      link.textContent = words.device;
      status.append(" ", link);
    }
    warn();
  };

  // One request at a time: the revisions that come back are the base of the next.
  const go = async () => {
    clearTimeout(timer);
    if (busy || leaving) return;
    if (pressed) return send();
    if (waiting.size === 0) return;
    busy = true;
    const sections = waiting;
    waiting = new Set();
    const { reply, said } = await ask(form.dataset.save, fieldsOf(sections));
    busy = false;
    if (said?.revisions) {
      failures = 0;
      for (const [question, revision] of Object.entries(said.revisions)) {
        const field = form.elements.namedItem("b." + question);
        if (field) field.value = revision;
      }
      const trouble = [...said.conflicts, ...Object.values(said.problems)];
      held.delete(form);
      for (const section of sections) {
        if (section.id in said.revisions) held.delete(section);
        else held.add(section);
      }
      if (trouble.length) tell([...new Set(trouble)].join(" "), true);
      else if (waiting.size === 0 && held.size === 0) tell(said.saved, false);
      if (reply.ok) words.at = said.at;
      warn();
      if (pressed || waiting.size) {
        clearTimeout(timer);
        timer = setTimeout(go, pressed ? 0 : 1000);
      }
    } else if (isRefused({ reply, said })) {
      sections.forEach((s) => held.add(s));
      refuse(reply, said);
      if (pressed) go();
    } else {
      sections.forEach((s) => waiting.add(s));
      if (pressed && reply) return go();
      again(reply, said);
    }
  };

  // Posts the form as the browser would, but stays on this page, with all that was typed, until it was taken.
  const send = async () => {
    busy = true;
    const body = new URLSearchParams(new FormData(form));
    if (pressed.name) body.append(pressed.name, pressed.value);
    const { reply, said } = await ask(form.getAttribute("action"), body);
    busy = false;
    const place = reply?.headers.get("kairan-to");
    if (place || reply?.headers.has("kairan-page")) {
      failures = 0;
      leaving = true;
      warn();
      if (place) location.assign(place);
      // A page of ours says what is wrong: the browser posts the form once more, and shows it.
      else form.requestSubmit(pressed.parentNode ? pressed : undefined);
    } else if (isRefused({ reply, said })) {
      pressed = null;
      held.add(form);
      refuse(reply, said);
    } else {
      again(reply, said);
    }
  };
  form.addEventListener("submit", (event) => {
    if (leaving) return;
    event.preventDefault();
    pressed = event.submitter ?? document.createElement("button");
    held.clear();
    clearTimeout(timer);
    go();
  });
  // Back from the next page, as the browser kept this one.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    leaving = false;
    pressed = null;
  });

  const touched = (event, wait) => {
    const section = event.target.closest(".q");
    if (!section || !form.dataset.save) {
      // Only its button saves this form.
      held.add(form);
      return warn();
    }
    // What was refused stays so until an answer says otherwise: leaving a field by a click on a link is a change, too.
    waiting.add(section);
    if (failures > 0) return; // It is tried again soon.
    if (!navigator.onLine) return again();
    // "Saved" must not stand there while something isn't.
    if (held.size === 0) tell("", false);
    warn();
    clearTimeout(timer);
    timer = setTimeout(go, wait);
  };
  form.addEventListener("input", (event) => touched(event, 1000));
  form.addEventListener("change", (event) => touched(event, 0));
  addEventListener("online", () => {
    failures = Math.min(failures, 1);
    go();
  });
  // A page that is put away may not come back: what waits is sent at once.
  addEventListener("visibilitychange", () => {
    if (document.hidden && !pressed) go();
  });
})();
