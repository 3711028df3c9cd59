/** The environment of a child: what any program needs, and what was asked for. The secrets of a host are not its engines'. */

export interface EnvironmentOptions {
  /** Added, and stronger than what is inherited; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** More that is passed on, by name or as a prefix such as `HF_*`; `'all'` for everything. */
  readonly inherit?: readonly string[] | 'all' | undefined
}

/** Proxies are not among them: their addresses may hold a password. */
const common = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TMP', 'TEMP', 'XDG_*'],
  ...['TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'LANG', 'LANGUAGE', 'LC_*', 'TZ'],
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_V8_COVERAGE'],
  ...['SIDESTREAM_*', 'OTEL_*'],
]
const windows = [
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT'],
  ...['APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES*'],
  ...['USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH'],
  ...['NUMBER_OF_PROCESSORS', 'PROCESSOR_*'],
]
/** Between one host and one engine: an engine that hosts engines has its own. */
const ownNames = new Set(['SIDESTREAM_CHANNEL', 'SIDESTREAM_BEAT', 'SIDESTREAM_COOKIE'])
/** Headers of exporters hold tokens; and an engine has a name of its own. */
const notTheirs = /^OTEL_(?:.*_HEADERS|SERVICE_NAME)$/

/** @param from - what is inherited from; on Windows the case of names does not matter */
export const childEnvironment = (
  { env = {}, inherit = [] }: EnvironmentOptions,
  from: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> => {
  const isWindows = platform === 'win32'
  const same = (name: string): string => (isWindows ? name.toUpperCase() : name)
  const needed = isOneOf(isWindows ? [...common, ...windows] : common)
  const asked = inherit === 'all' ? () => true : isOneOf(inherit.map(same))
  const given = new Set(Object.keys(env).map(same))
  const isPassed = (name: string): boolean =>
    !given.has(name) &&
    !ownNames.has(name) &&
    (asked(name) || (needed(name) && !notTheirs.test(name)))
  const inherited = Object.entries(from)
    .filter(([name]) => isPassed(same(name)))
    .map(([name, text]) => [name, name === resource ? notItsName(text) : text] as const)
  const all = [...inherited, ...Object.entries(env)]
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

const resource = 'OTEL_RESOURCE_ATTRIBUTES'

/** What a host says of itself there holds for its engines, but for who it is. */
const notItsName = (attributes: string | undefined): string | undefined =>
  attributes
    ?.split(',')
    .filter((attribute) => !/^\s*service\.(?:name|version|instance\.id)\s*=/.test(attribute))
    .join(',')

const isOneOf = (patterns: readonly string[]): ((name: string) => boolean) => {
  const names = new Set(patterns)
  const prefixes = patterns.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
}
