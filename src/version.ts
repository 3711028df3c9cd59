/** Version of this package; `test/packaging` compares it with package.json. */
export const packageVersion = '0.1.0'
