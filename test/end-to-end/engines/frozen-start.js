import { engine } from 'sidestream'

export default engine({
  name: 'frozen-start',
  version: '1.0.0',
  onStart: () => {
    throw Object.freeze(new Error('a frozen error'))
  },
})
