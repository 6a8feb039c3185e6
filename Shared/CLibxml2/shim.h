// Debian's libxml2 names types of ICU in its header of encodings, and Swift's Foundation brings an ICU of its own under the same names.
// None of them is used here, so they are left out.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlerror.h>
