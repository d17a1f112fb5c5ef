// What makes the operators' pages quicker to use. Every page works without it.

// A file can be dropped onto .drop around a file field.
for (const drop of document.querySelectorAll(".drop")) {
  const field = drop.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    drop.classList.toggle("over", on);
  };
  drop.addEventListener("dragenter", over(true));
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    if (field && event.dataTransfer.files.length === 1) field.files = event.dataTransfer.files;
  });
}

// Work in progress: an element with data-poll="seconds" is fetched anew until the page has none, then the page is loaded.
// Only its content is replaced, so focus outside it stays.
const poll = async (element) => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-poll]");
    if (answer.ok && !next) return location.reload();
    // A proxy's page of an error is no news of the work.
    if (answer.ok && !element.contains(document.activeElement)) element.replaceChildren(...next.childNodes);
  } catch {
    // The server is away for a moment.
  }
  setTimeout(poll, element.dataset.poll * 1000, element);
};
for (const element of document.querySelectorAll("[data-poll]")) setTimeout(poll, element.dataset.poll * 1000, element);

// A board: when the server says that its numbers are others than those on the page, the page fetches itself and takes over
// what it shows. At most every two seconds, not while nobody looks or while it is paused; the focus stays where it was.
// Whatever goes wrong on the way, what is shown stays, with the link beside it that loads the page.
for (const board of document.querySelectorAll("[data-live]")) {
  const words = { ...board.dataset };
  const [PAUSE, LONGEST, LOST] = [2000, 60_000, 10_000];
  let [due, busy, paused] = [false, false, false];
  let told = board.dataset.version; // what the server has told
  let wait = PAUSE;
  let source;
  let lost; // runs while there is no connection
  let again = 1000;

  const state = document.createElement("span");
  state.dataset.liveTold = "";
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "btn quiet noprint";
  const tell = (word, kind) => {
    if (paused) [word, kind] = [words.livePaused, "paused"];
    if (state.textContent !== word) state.textContent = word;
    state.className = kind;
    state.dataset.liveTold = kind === "wait" ? "" : kind;
  };
  // Beside the link, which is drawn anew with the rest.
  const place = () => {
    // The page keeps its room, so that nothing moves.
    board.querySelector("[data-live-slot]")?.replaceWith(state, " ", toggle);
  };
  const connected = () => tell(words.liveWord, "on");

  // What can hold the focus, as it is found again in a page drawn anew: a link by where it leads, the rest by its place.
  const same = (element) => {
    const href = element.getAttribute("href");
    const kind = href ? `[href="${CSS.escape(href)}"]` : ["summary", ".scroll", "button"].find((s) => element.matches(s));
    return kind && [kind, [...board.querySelectorAll(kind)].indexOf(element)];
  };

  const refresh = async () => {
    if (!due || busy || paused || document.hidden) return;
    [due, busy] = [false, true];
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("[data-live]");
      // Signed out, or it is no board any more: the whole page says so.
      if (!next || new URL(answer.url).pathname !== location.pathname) return location.reload();
      if (paused) {
        due = true;
      } else {
        const open = [...board.querySelectorAll("details")].map((details) => details.open);
        const held = document.activeElement;
        const found = board.contains(held) && held !== toggle && same(held);
        const scrolled = [...board.querySelectorAll(".scroll")].map((region) => [region.scrollLeft, region.scrollTop]);
        board.replaceChildren(...next.childNodes);
        board.dataset.version = next.dataset.version;
        place();
        board.querySelectorAll("details").forEach((details, i) => (details.open = Boolean(open[i])));
        board.querySelectorAll(".scroll").forEach((region, i) => scrolled[i] && region.scrollTo(...scrolled[i]));
        if (held === toggle) toggle.focus({ preventScroll: true });
        if (found) {
          const all = board.querySelectorAll(found[0]);
          (all[found[1]] ?? all[0])?.focus({ preventScroll: true });
        }
        // It may have been told of more while the page was on its way.
        due = Number(told) > Number(board.dataset.version);
      }
      wait = PAUSE;
      if (source.readyState === EventSource.OPEN) connected();
    } catch {
      due = true;
      wait = Math.min(wait * 2, LONGEST);
    } finally {
      setTimeout(() => {
        busy = false;
        refresh();
      }, wait);
    }
  };

  const connect = () => {
    source = new EventSource(words.live);
    source.addEventListener("open", () => {
      clearTimeout(lost);
      lost = undefined;
      again = 1000;
      connected();
    });
    source.addEventListener("error", () => {
      // The server ends each connection after a while, and the browser comes again in a second: that is no loss.
      lost ??= setTimeout(() => tell(words.liveLost, "lost"), LOST);
      if (source.readyState !== EventSource.CLOSED) return;
      // An answer that the browser takes as final. Whether somebody is signed in still, the page itself will tell.
      setTimeout(connect, again);
      again = Math.min(again * 2, LONGEST);
      due = true;
      refresh();
    });
    source.addEventListener("message", (event) => {
      told = event.data;
      // Something happened between the page's drawing and the connection, or it is new.
      if (told !== board.dataset.version) due = true;
      refresh();
    });
  };

  toggle.addEventListener("click", () => {
    paused = !paused;
    toggle.textContent = paused ? words.liveResume : words.livePause;
    if (source.readyState === EventSource.OPEN || paused) connected();
    else tell(lost ? words.liveLost : words.liveWord, lost ? "lost" : "on");
    refresh();
  });
  toggle.textContent = words.livePause;
  tell(words.liveWord, "wait");
  place();
  connect();
  document.addEventListener("visibilitychange", refresh);
}

// Questions one a row: a digit chooses an answer of the row that has the focus, 0 clears it, and the next row is reached. To a
// yes-no question each digit means the same, whether "not applicable" is offered or not.
const DIGITS = ["", "yes", "partly", "no", "na", "unknown"];
for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;
for (const row of document.querySelectorAll("[data-row]")) {
  const answers = [...row.querySelectorAll(".picks input")];
  const next = () => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const after = rows[rows.indexOf(row) + 1];
    (after?.querySelector(".picks input:checked") ?? after?.querySelector("input:not([type=hidden]), textarea"))?.focus();
  };
  row.addEventListener("keydown", (event) => {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!answers.includes(event.target)) return;
    const named = (value) => answers.find((answer) => answer.value === value);
    const place = answers.filter((answer) => answer.value !== "")[event.key - 1];
    const chosen = event.key === "0" || named("yes") ? named(DIGITS[event.key]) : place;
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
    if (chosen.type === "radio") next();
  });
}

// What stands in a field goes to the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
  });
}
// A menu closes by Escape, and when something else is pressed or gets the focus.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
});
for (const kind of ["click", "focusin"])
  document.addEventListener(kind, (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

// After a form was refused, its list of errors is read first.
document.querySelector(".errors[tabindex]")?.focus();
