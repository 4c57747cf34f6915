import { now as monotonicNow } from "./wasi-clocks/monotonic-clock";

// @ts-ignore: decorator
@global function cm_performanceNow(): f64 {
  return <f64>monotonicNow() / 1000000;
}
