(() => {
  "use strict";
  const id = (name) => document.getElementById(name);
  const unpack = async (name) => {
    const bytes = Uint8Array.from(atob(id(name).textContent), (character) => character.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const views = new WeakMap();
  const isNarrow = (figure) => figure.querySelector(".drawing").clientWidth < 500;

  const draw = async (figure, { wide, narrow }) => {
    const place = figure.querySelector(".living"), slim = isNarrow(figure);
    const spec = slim ? { datasets: wide.datasets, ...narrow } : wide;
    try {
      const { view } = await vegaEmbed(place, structuredClone(spec), { mode: "vega-lite", renderer: "svg", actions: false, ast: true });
      place.querySelector("svg").setAttribute("preserveAspectRatio", "xMinYMin meet");
      figure.classList.add("is-living");
      views.set(figure, { view, slim });
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
    const known = JSON.parse(await unpack("specs"));
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watch.unobserve(entry.target);
        draw(entry.target, known[entry.target.dataset.chart]);
      }
    }, { rootMargin: "400px" });
    document.querySelectorAll("figure[data-chart]").forEach((figure) => watch.observe(figure));
    // A phone that was turned has room for the other layout.
    window.addEventListener("resize", () => document.querySelectorAll("figure.is-living").forEach((figure) => {
      const { view, slim } = views.get(figure);
      if (figure.checkVisibility() && slim !== isNarrow(figure)) { view.finalize(); draw(figure, known[figure.dataset.chart]); }
    }));
  };
  const alive = id("vega") && "DecompressionStream" in window;
  if (alive) enliven();

  const save = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-size", "font-family", "font-weight"];
  // The page's style sheet does not travel with a drawing: what it says is written at every mark.
  const standing = (figure) => {
    const shown = figure.querySelector(".living svg") ?? [...figure.querySelectorAll(".static svg")].find((svg) => svg.checkVisibility());
    const copy = shown.cloneNode(true), box = shown.getBoundingClientRect();
    const marks = shown.querySelectorAll("*");
    copy.querySelectorAll("*").forEach((mark, index) => {
      const style = getComputedStyle(marks[index]);
      KEPT.forEach((name) => mark.style.setProperty(name, style.getPropertyValue(name)));
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    copy.style.background = getComputedStyle(document.body).backgroundColor;
    return { text: new XMLSerializer().serializeToString(copy), width: box.width, height: box.height };
  };
  const picture = ({ text, width, height }) => new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const pen = canvas.getContext("2d");
      pen.fillStyle = getComputedStyle(document.body).backgroundColor;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(done, "image/png");
    };
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-raw]"), living = button && views.get(button.closest("figure"));
    if (!living) return;
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    living.view.signal("raw", on).run();
  });
  document.addEventListener("click", async (event) => {
    const kind = event.target.closest("[data-save]")?.dataset.save;
    if (!kind) return;
    const figure = event.target.closest("figure"), name = `${figure.dataset.chart}.${kind}`;
    if (kind === "svg") save(new Blob([standing(figure).text], { type: "image/svg+xml" }), name);
    if (kind === "png") save(await picture(standing(figure)), name);
    if (kind === "csv") save(new Blob([JSON.parse(await unpack("data"))[figure.dataset.chart]], { type: "text/csv" }), name);
  });
  if (!alive) document.querySelectorAll("[data-save=csv], [data-raw]").forEach((button) => button.remove());
})();
