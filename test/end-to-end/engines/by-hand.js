import { Observable } from 'rxjs'
import { engine } from 'sidestream'
import { admit, deadline, dispatch } from 'sidestream/pipelines'
import { methods } from './methods.js'

/**
 * A stage written with a function for `subscribe`, which RxJS calls where nobody can catch what it throws.
 *
 * @param {Observable<import('sidestream').Call>} calls$
 */
const byHand = (calls$) =>
  new Observable((subscriber) =>
    calls$.subscribe((call) => {
      if (call.method === 'echo') throw new Error('thrown while it is subscribed')
      subscriber.next(call)
    }),
  )

export default engine({
  name: 'by-hand',
  version: '1.0.0',
  methods,
  calls: (calls$) => calls$.pipe(admit(), deadline('1m'), byHand, dispatch()),
  drain: 100,
})
