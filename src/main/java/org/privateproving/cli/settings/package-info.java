/**
 * Where settings come from: flags, {@code --set}, the environment, a file and reference.conf,
 * merged and checked. What a value means is known by the package whose setting it is; here it is
 * known which keys there are, and what kind of value each takes.
 */
@NullMarked
package org.privateproving.cli.settings;

import org.jspecify.annotations.NullMarked;
