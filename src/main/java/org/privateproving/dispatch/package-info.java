/**
 * The dispatcher: matches waiting requests with free devices. It owns no truth; what it knows was
 * told by requests and fulfillers, who keep telling it, and is forgotten when they stop.
 */
@NullMarked
package org.privateproving.dispatch;

import org.jspecify.annotations.NullMarked;
