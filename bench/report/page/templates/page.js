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

  const contents = document.querySelector(".contents");
  const places = [...contents.querySelectorAll("a")].map((link) => ({ link, place: id(link.hash.slice(1)) })).filter(({ place }) => place);
  let current = null;
  const follow = () => {
    const here = places.filter(({ place }) => place.getBoundingClientRect().top < 160).at(-1)?.link ?? null;
    if (here === current) return;
    current?.removeAttribute("aria-current");
    here?.setAttribute("aria-current", "location");
    current = here;
    const box = contents.getBoundingClientRect(), spot = here?.getBoundingClientRect();
    if (spot && (spot.top < box.top || spot.bottom > box.bottom)) contents.scrollTop += spot.top - box.top - box.height / 3;
  };
  addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  follow();

  const folded = () => document.querySelectorAll("details:not([open])");
  addEventListener("beforeprint", () => folded().forEach((details) => { details.open = details.dataset.unfolded = true; }));
  addEventListener("afterprint", () => document.querySelectorAll("details[data-unfolded]").forEach((details) => {
    details.open = false;
    delete details.dataset.unfolded;
  }));

  const unpack = async (name) => {
    const bytes = Uint8Array.from(atob(id(name).textContent), (character) => character.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };

  const draw = async (figure, spec) => {
    const place = figure.querySelector(".living");
    figure.classList.add("is-living");
    if (place.parentElement.clientWidth < 520 && spec.config.legend) spec.config.legend.columns = 1;
    try {
      place.textContent = "\u00a0";
      await vegaEmbed(place, spec, { mode: "vega-lite", renderer: "svg", actions: false, ast: true });
    } catch (error) {
      place.replaceChildren();
      figure.classList.remove("is-living");
      console.error(error);
    }
  };

  const enliven = async () => {
    const code = document.createElement("script");
    code.textContent = await unpack("vega");
    document.head.append(code);
    const specs = JSON.parse(await unpack("specs"));
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watch.unobserve(entry.target);
        draw(entry.target, specs[entry.target.dataset.chart]);
      }
    }, { rootMargin: "600px" });
    document.querySelectorAll("figure[data-chart]").forEach((figure) => watch.observe(figure));
  };
  if (id("vega") && "DecompressionStream" in window) enliven();
})();
