(() => {
  "use strict";
  const root = document.documentElement;
  const id = (name) => document.getElementById(name);
  root.classList.add("js");

  const store = {
    get() { try { return localStorage.getItem("bench-theme"); } catch { return null; } },
    set(theme) { try { localStorage.setItem("bench-theme", theme); } catch { /* private windows remember nothing */ } },
  };
  const show = (theme) => { if (theme === "light" || theme === "dark") root.dataset.theme = theme; };
  show(store.get());
  id("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    show(dark ? "light" : "dark");
    store.set(root.dataset.theme);
  });

  id("copy").addEventListener("click", async () => {
    const command = id("command");
    try {
      await navigator.clipboard.writeText(command.textContent);
      id("copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
    }
  });

  const reveal = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = name && id(name);
    if (!target) return;
    let opened = false;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      opened ||= !fold.open;
      fold.open = true;
    }
    for (const label of [target.querySelector(":scope > .unfold"), target.closest("table")?.previousElementSibling]) {
      if (!label?.matches(".unfold")) continue;
      label.firstElementChild.checked = true;
      opened = true;
    }
    if (opened) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  // A second click on the same link changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) setTimeout(reveal);
  });

  const contents = document.querySelector(".questions");
  if (contents) {
    const places = [...contents.querySelectorAll("li > a")].map((link) => ({ link, place: id(link.hash.slice(1)) })).filter(({ place, link }) => place && !link.closest(".inside"));
    let current = null;
    const follow = () => {
      const here = places.filter(({ place }) => place.getBoundingClientRect().top < 160).at(-1)?.link ?? null;
      if (here === current) return;
      current?.removeAttribute("aria-current");
      here?.setAttribute("aria-current", "location");
      current = here;
    };
    addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
    follow();
  }
})();
