// The first load is what index.html asks for, with one language: read from the build, so that no chunk is forgotten.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const page = existsSync("dist/index.html") ? readFileSync("dist/index.html", "utf8") : "";
const asked = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => `dist/${match[1]}`);
const language = existsSync("dist/assets") ? readdirSync("dist/assets").filter((name) => /^ko-.*\.js$/.test(name)).map((name) => `dist/assets/${name}`) : [];

export default [{ name: "first load, JavaScript", path: [...asked, ...language], gzip: true, limit: "150 kB" }];
