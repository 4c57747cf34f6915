#!/usr/bin/env node
// Not part of dist, so that a package manager can link the command before the workspace is built.
import '../dist/bin.js'
