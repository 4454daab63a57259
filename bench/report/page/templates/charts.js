(() => {
  "use strict";
  const id = (name) => document.getElementById(name);
  const unpack = async (name) => {
    const bytes = Uint8Array.from(atob(id(name).textContent), (character) => character.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  let specs = null;
  const specifications = async () => (specs ??= JSON.parse(await unpack("specs")));

  const draw = async (figure, { wide, narrow }) => {
    const place = figure.querySelector(".living");
    figure.classList.add("is-living");
    const spec = place.parentElement.clientWidth < 500 ? { datasets: wide.datasets, ...narrow } : wide;
    try {
      place.textContent = "\u00a0";
      await vegaEmbed(place, structuredClone(spec), { mode: "vega-lite", renderer: "svg", actions: false, ast: true });
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
    const known = await specifications();
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watch.unobserve(entry.target);
        draw(entry.target, known[entry.target.dataset.chart]);
      }
    }, { rootMargin: "400px" });
    document.querySelectorAll("figure[data-chart]").forEach((figure) => watch.observe(figure));
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
    const shown = figure.querySelector(".is-living .living svg") ?? figure.querySelector(".static svg");
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
  const cell = (value) => (/[",\n]/.test(`${value ?? ""}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value ?? ""}`);
  const rows = (spec) => {
    const listed = Object.values(spec.datasets).flat(), names = [...new Set(listed.flatMap(Object.keys))];
    return [names, ...listed.map((row) => names.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\n") + "\n";
  };
  document.addEventListener("click", async (event) => {
    const kind = event.target.closest("[data-save]")?.dataset.save;
    if (!kind) return;
    const figure = event.target.closest("figure"), name = `${figure.dataset.chart}.${kind}`;
    if (kind === "svg") save(new Blob([standing(figure).text], { type: "image/svg+xml" }), name);
    if (kind === "png") save(await picture(standing(figure)), name);
    if (kind === "csv") save(new Blob([rows((await specifications())[figure.dataset.chart].wide)], { type: "text/csv" }), name);
  });
  if (!alive) document.querySelectorAll("[data-save=csv]").forEach((button) => button.remove());
})();
