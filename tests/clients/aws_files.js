// Says what the AWS SDK for JavaScript reads in pairs of AWS files: FOLDER/0.config with FOLDER/0.credentials, and so on.
// Prints a JSON list with the settings by profile for each pair; it has no files that it can't read.
//
// Usage: aws_files.js FOLDER

"use strict";

const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const { loadSharedConfigFiles } = require("@smithy/core/config");

async function reading(folder, number) {
  const at = (end) => join(folder, `${number}.${end}`);
  const read = await loadSharedConfigFiles({
    configFilepath: at("config"),
    filepath: at("credentials"),
    ignoreCache: true,
  });
  const named = (kind, profiles) =>
    Object.entries(profiles).map(([name, settings]) => [`${kind} ${name}`, settings]);
  return Object.fromEntries([
    ...named("config", read.configFile),
    ...named("credentials", read.credentialsFile),
  ]);
}

async function main(folder) {
  const count = readdirSync(folder).filter((name) => name.endsWith(".config")).length;
  const numbers = [...Array(count).keys()];
  console.log(JSON.stringify(await Promise.all(numbers.map((number) => reading(folder, number)))));
}

main(process.argv[2]).catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
