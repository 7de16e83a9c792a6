// Everything a page needs on which customers are called: import this one.
import "call/sheet";
import "call/dial";
import "call/outcome";
import "call/position";
import "call/waiting";
import "call/unsaved";
