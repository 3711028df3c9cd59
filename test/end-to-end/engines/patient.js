import { engine } from 'sidestream'
import { health, methods, notifications } from './methods.js'

export default engine({
  name: 'patient',
  version: '1.0.0',
  methods,
  notifications,
  health,
  onStop: ({ log }) => log.info({}, 'onStop ran'),
})
