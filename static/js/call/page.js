// Everything a page needs on which customers are called: import this one.
import "call/sheet";
import "call/dial";
import "call/outcome";
import "call/position";
import "call/following";
import "call/visit";
import "call/copy";
import "call/then_here";
import "call/waiting";
import "call/unsaved";
