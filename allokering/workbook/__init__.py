"""What planners see and edit in a spreadsheet: the template, the plan workbook, pins, and faults at their cells."""
