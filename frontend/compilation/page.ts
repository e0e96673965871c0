import "../shared/follow";

/** Keys of the projector: P goes in and out of it, arrows from clause to clause. Every key is a link of the page too. */

document.addEventListener("keydown", (e) => {
  const target = e.target instanceof Element ? e.target : document.body;
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || target.closest("input, textarea, select, [tabindex='0']")) return;
  const link = (selector: string) => document.querySelector<HTMLAnchorElement>(selector);
  const leave = link("#leave");
  const to =
    e.key === "p" || e.key === "P"
      ? (leave ?? link(".seg a[href*='view=projector']"))
      : e.key === "Escape"
        ? leave
        : leave && (e.key === "ArrowRight" || e.key === "PageDown")
          ? link("a[rel=next]")
          : leave && (e.key === "ArrowLeft" || e.key === "PageUp")
            ? link("a[rel=prev]")
            : null;
  if (!to) return;
  e.preventDefault();
  to.click();
});
