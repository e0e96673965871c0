import { watchUpload } from "../shared/upload";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) watchUpload(form);
