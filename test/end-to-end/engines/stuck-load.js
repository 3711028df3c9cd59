/** Never finishes loading, and is kept alive by something else. */
console.log('loading')
setInterval(() => {}, 1000)
await new Promise(() => {})
