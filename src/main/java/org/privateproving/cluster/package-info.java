/**
 * Membership: how nodes find each other, who goes on without whom when they lose sight of one
 * another, and when a node starts over.
 *
 * <p>Comes in: the settings, and a server's database, which is the arbiter of a split.
 */
@NullMarked
package org.privateproving.cluster;

import org.jspecify.annotations.NullMarked;
