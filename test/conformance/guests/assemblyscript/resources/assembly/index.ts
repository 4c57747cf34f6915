// Each exported interface has a file of its own beside this one.
