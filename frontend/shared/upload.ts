/** Sends the files of a form with a bar that shows how far they are. Without script the form sends itself. */
export function watchUpload(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    const chosen = form.querySelector<HTMLInputElement>("input[type=file]");
    if (!chosen?.files?.length) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}

function send(form: HTMLFormElement, button: HTMLElement | null): void {
  const data = new FormData(form, button as HTMLButtonElement | null);
  const { box, bar, words } = progress(form);
  const request = new XMLHttpRequest();
  const controls = form.querySelectorAll<HTMLButtonElement | HTMLInputElement | HTMLTextAreaElement>("button, input, textarea");
  const again = (sentence: string) => {
    for (const control of controls) control.disabled = false;
    bar.remove();
    words.textContent = sentence;
    box.classList.add("bad");
    box.setAttribute("role", "alert");
  };
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    const share = Math.floor((100 * event.loaded) / event.total);
    words.textContent = share < 100 ? `Sending: ${share} %` : "Sent. It is being read…";
  });
  request.addEventListener("load", () => {
    if (request.status < 300 && request.responseURL && request.responseURL !== location.href.split("#")[0]) {
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const problems = [...page.querySelectorAll("[role=alert]")].map((problem) => problem.textContent?.trim() ?? "");
    if (problems.length === 0 && request.status < 300) {
      location.reload();
      return;
    }
    again(problems.join(" ") || "The files were not taken. Load the page again, then send them once more.");
  });
  request.addEventListener("error", () => again("The connection broke while sending. Nothing was kept; send the files again."));
  request.addEventListener("abort", () => again("Sending was stopped. Nothing was kept."));
  for (const control of controls) control.disabled = true;
  const stop = box.querySelector("button");
  if (stop) {
    stop.disabled = false;
    stop.addEventListener("click", () => request.abort());
  }
  request.open("POST", form.action);
  request.send(data);
}

/** The bar, its words and a way to stop; one in a form, made anew at each sending. */
function progress(form: HTMLFormElement): { box: HTMLElement; bar: HTMLProgressElement; words: HTMLElement } {
  form.querySelector(".upload")?.remove();
  const box = document.createElement("div");
  box.className = "note upload";
  box.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "Sending…";
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Sent so far");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.textContent = "Stop";
  box.append(words, bar, stop);
  form.append(box);
  return { box, bar, words };
}
