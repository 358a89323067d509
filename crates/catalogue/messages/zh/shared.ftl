# 各程序共用的话。
shared-caused-by = 原因：{ $cause }
shared-error = 错误：{ $message }
shared-hint = 提示：{ $hint }
