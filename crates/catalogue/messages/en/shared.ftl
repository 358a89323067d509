# What every door says.
shared-caused-by = caused by: { $cause }
shared-error = error: { $message }
shared-hint = hint: { $hint }
