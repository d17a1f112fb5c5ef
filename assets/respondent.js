// Respondent pages work without this. With it: answers are saved as they are given, and a person's first movement tells
// that the page was opened by a person and not by a mail scanner.
"use strict";
(() => {
  const home = document.body.dataset.home;
  const post = (path, body) => fetch(path, { method: "POST", body, credentials: "same-origin", keepalive: true });

  if (home) {
    const signs = ["pointerdown", "keydown", "wheel", "touchstart"];
    const opened = () => {
      signs.forEach((s) => removeEventListener(s, opened));
      post(home + "/opened", new URLSearchParams()).catch(() => {});
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
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const folded = target.closest("details:not([open])");
    for (let at = folded; at; at = at.parentElement && at.parentElement.closest("details")) at.open = true;
    if (folded) target.scrollIntoView();
    if (target.hasAttribute("tabindex")) target.focus();
  };
  addEventListener("hashchange", unfold);
  unfold();

  const form = document.querySelector("form[data-save]");
  if (!form) return;
  const status = document.getElementById("saved");
  let waiting = new Set();
  let busy = false;
  let pause;

  // One save at a time: the revision that comes back is the base of the next.
  const save = async () => {
    if (busy || waiting.size === 0) return;
    busy = true;
    const sections = [...waiting];
    waiting = new Set();
    const body = new URLSearchParams();
    for (const section of sections) {
      for (const field of section.querySelectorAll("input, textarea, select")) {
        const box = field.type === "radio" || field.type === "checkbox";
        if (field.name && (!box || field.checked)) body.append(field.name, field.value);
      }
    }
    try {
      const reply = await post(form.dataset.save, body);
      if (reply.ok) {
        const said = await reply.json();
        for (const [question, revision] of Object.entries(said.revisions)) {
          const field = form.elements.namedItem("b." + question);
          if (field) field.value = revision;
        }
        const trouble = [...said.conflicts, ...Object.values(said.problems)];
        if (status) status.textContent = trouble.length ? trouble.join(" ") : said.saved;
      } else {
        // Not saved: the form's own button tells why.
        sections.forEach((s) => waiting.add(s));
        if (status) status.textContent = "";
        busy = false;
        return;
      }
    } catch {
      sections.forEach((s) => waiting.add(s)); // tried again with the next change
    }
    busy = false;
    if (waiting.size) setTimeout(save, 1000);
  };

  // The form's own revisions must not be older than a save that is still on its way.
  form.addEventListener("submit", (event) => {
    clearTimeout(pause);
    if (!busy) return;
    event.preventDefault();
    const again = () => (busy ? setTimeout(again, 50) : form.requestSubmit(event.submitter));
    again();
  });

  const touched = (event, wait) => {
    const section = event.target.closest(".q");
    if (!section) return;
    waiting.add(section);
    // "Saved" must not stand there while something isn't.
    if (status) status.textContent = "";
    clearTimeout(pause);
    pause = setTimeout(save, wait);
  };
  form.addEventListener("input", (event) => touched(event, 1000));
  form.addEventListener("change", (event) => touched(event, 0));
  addEventListener("online", save);
  // A page that is put away may not come back: what waits is sent at once.
  addEventListener("visibilitychange", () => { if (document.hidden) save(); });
})();
