/** `import()` of a file. */
import { pathToFileURL } from 'node:url'

export const importModule = (file: string): Promise<unknown> => import(pathToFileURL(file).href)
