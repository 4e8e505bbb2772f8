"""The phone's pages of registers: what one sees and reports (随手拍)."""
