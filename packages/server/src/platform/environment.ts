/** What a program that the server starts is told of the server's environment: never its secrets, which are variables too. */

/** What programs need to run at all and to find their libraries and time zone. */
const inherited = ["PATH", "TZ", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP"];

/** The part of an environment that every program may know. */
export function plainEnvironment(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(inherited.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
