// Lines of the plugin's log, with their level.
import { Level, log } from "../wasi-logging/logging";

export function trace(message: string): void { log(Level.Trace, "", message); }
export function debug(message: string): void { log(Level.Debug, "", message); }
export function info(message: string): void { log(Level.Info, "", message); }
export function warn(message: string): void { log(Level.Warn, "", message); }
export function error(message: string): void { log(Level.Error, "", message); }
export function critical(message: string): void { log(Level.Critical, "", message); }
