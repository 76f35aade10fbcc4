# Writes HEADER with FOLDWAVE_COMMIT: in a clone the commit that is built ("-dirty": and changes to it), else nothing.
# Run at every build; the file changes only when what it says does.
execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
                WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#pragma once\n#define FOLDWAVE_COMMIT \"@commit@\"\n" @ONLY)
