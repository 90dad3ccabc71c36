// Licences of the libraries in here: unpatch/pages/studio/static/licences.txt
// \0rolldown/runtime.js
var e = Object.create, t = Object.defineProperty, n = Object.getOwnPropertyDescriptor, r = Object.getOwnPropertyNames, i = Object.getPrototypeOf, a = Object.prototype.hasOwnProperty, o = (e, t, n) => () => {
	if (n) throw n[0];
	try {
		return e && (t = e(e = 0)), t;
	} catch (e) {
		throw n = [e], e;
	}
}, s = (e, t) => () => (t || (e((t = { exports: {} }).exports, t, t.exports), e = null), t.exports), c = (e, n) => {
	let r = Object.setPrototypeOf({}, null);
	for (var i in e) t(r, i, {
		get: e[i],
		enumerable: !0
	});
	return n & 1 || t(r, Symbol.toStringTag, { value: "Module" }), n & 2 ? r : Object.preventExtensions(r);
}, l = (e, i, o, s) => {
	if (i && typeof i == "object" || typeof i == "function") for (var c = r(i), l = 0, u = c.length, d; l < u; l++) d = c[l], !a.call(e, d) && d !== o && t(e, d, {
		get: ((e) => i[e]).bind(null, d),
		enumerable: !(s = n(i, d)) || s.enumerable
	});
	return e;
}, u = (n, r, o) => (o = n == null ? {} : e(i(n)), l(r || !n || !n.__esModule || !a.call(n, "default") ? t(o, "default", {
	value: n,
	enumerable: !0
}) : o, n)), d = (e) => a.call(e, "module.exports") ? e["module.exports"] : l(t({}, "__esModule", { value: !0 }), e);
// node_modules/preact/dist/preact.mjs
function f(e) {
	e && e.parentNode && e.remove();
}
function p(e, t, n) {
	var r, i, a, o = {}, s = arguments.length;
	for (a in t) a == "key" ? r = t[a] : a == "ref" && typeof e != "function" ? i = t[a] : o[a] = t[a];
	return s > 2 && (o.children = s > 3 ? be.call(arguments, 2) : n), h(e, o, r, i, null);
}
function m(e, t, n) {
	var r, i, a, o = xe({}, e.props), s = arguments.length;
	for (a in t) a == "key" ? r = t[a] : a == "ref" && typeof e.type != "function" ? i = t[a] : o[a] = t[a];
	return s > 2 && (o.children = s > 3 ? be.call(arguments, 2) : n), h(e.type, o, r === void 0 ? e.key : r, i === void 0 ? e.ref : i, null);
}
function h(e, t, n, r, i) {
	var a = {
		type: e,
		props: t,
		key: n,
		ref: r,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: he,
		__v: i || ++ae,
		__i: -1,
		__u: 0
	};
	return !i && B.vnode && B.vnode(a), a;
}
function g() {
	return { current: null };
}
function _(e) {
	return e.children;
}
function v(e, t) {
	this.props = e, this.context = t, this.__g = 0;
}
function y(e, t) {
	if (t == null) return e.__ && y(e.__, e.__i + 1);
	for (var n; t < e.__k.length; t++) if ((n = e.__k[t]) && n.__e) return n.__e;
	return typeof e.type != "function" || e.props.__P ? null : y(e);
}
function b(e) {
	var t, n = e.__v, r = n.__e, i = [], a = [], o = e.__P;
	o && ((t = xe({ constructor: he }, n)).__v = n.__v + 1, B.vnode && B.vnode(t), M(o, t, n, e.__n, o.namespaceURI, 32 & n.__u ? [r] : null, i, r || y(n), 32 & n.__u, a), t.__v = n.__v, t.__.__k[t.__i] = t, F(i, t, a), n.__ = n.__e = null, t.__e != r && x(t));
}
function x(e) {
	if ((e = e.__) && e.__c && !e.props.__P) return e.__e = null, e.__k.some(function(t) {
		return t && (e.__e = t.__e);
	}), x(e);
}
function S(e) {
	(8 & e.__g || (e.__g |= 8, oe.push(e), ce++)) && se == B.debounceRendering || ((se = B.debounceRendering) || queueMicrotask)(C);
}
function C() {
	try {
		for (var e, t = 1; oe.length;) oe.length > t && oe.sort(le), e = oe.shift(), t = oe.length, 8 & e.__g && b(e);
	} finally {
		(ce = oe.length) && (se || queueMicrotask)(C);
	}
}
function w(e, t, n, r, i, a, o, s, c, l, u) {
	var d, f, p, m, h, g, _ = r.__k || _e, v = t.length;
	for (c = T(n, t, _, c, v), d = 0; d < v; d++) (p = n.__k[d]) != null && (f = ~p.__i && _[p.__i] || ge, p.__i = d, g = M(e, p, f, i, a, o, s, c, l, u), m = p.__e, (f.ref != p.ref || 8 & f.__u) && (f.ref && I(f.ref, null, p, f), p.ref && u.push(p.ref, p.__c || m, p)), h ||= m, 4 & p.__u ? (c = E(p, c, e, !f.__v), f.__e && (f.__e = null)) : typeof p.type == "function" && g !== void 0 ? c = g : m && (c = m.nextSibling), p.__u &= -21);
	return n.__e = h, c;
}
function T(e, t, n, r, i) {
	var a, o, s, c, l, u, d, f, p, m = n.length, g = m, v = 0, b = 0, x = e.__k = Array(i);
	for (a = 0; a < i; a++) (o = t[a]) != null && typeof o != "boolean" && typeof o != "function" ? (typeof o != "object" || o.constructor === String ? o = x[a] = h(null, o) : ye(o) ? o = x[a] = h(_, { children: o }) : o.constructor === he && o.__b ? o = x[a] = h(o.type, o.props, o.key, o.ref, o.__v) : x[a] = o, c = a + v, o.__ = e, o.__b = e.__b + 1, s = null, ~(l = o.__i = O(o, n, c, g)) && (g--, (s = n[l]) && (s.__u |= 2)), s && s.__v ? (o.__u |= 16, l == c - 1 ? v-- : l == c + 1 ? v++ : l != c && (l > c ? v-- : v++, b = 1)) : (~l || (i > m ? v-- : i < m && v++), typeof o.type != "function" && (o.__u |= 4))) : x[a] = null;
	if (b) {
		for (u = [], d = [], a = 0; a < i; a++) if ((o = x[a]) && 16 & o.__u) {
			for (v = 0, f = u.length; v < f;) u[p = v + f >> 1] < o.__i ? v = p + 1 : f = p;
			u[v] = o.__i, d[a] = v + 1;
		}
		for (v = u.length; a--;) d[a] && (d[a] == v ? v-- : x[a].__u |= 4);
	}
	if (g) for (a = 0; a < m; a++) !(s = n[a]) || 2 & s.__u || (s.__e == r && (r = y(s)), L(s, s));
	return r;
}
function E(e, t, n, r) {
	var i, a, o, s;
	if (typeof e.type == "function") {
		if (e.props.__P) return t;
		if (i = e.__k) for (a = 0; a < i.length; a++) i[a] && (i[a].__ = e, t = E(i[a], t, n, !1));
		return t;
	}
	for (t && !t.parentNode && (t = y(e)) && !t.parentNode && (t = null), o = e.__e, s = t; s && s.nodeType == 8;) s = s.nextSibling;
	for (o != s && (!r && n.moveBefore && o.parentNode ? n.moveBefore(o, t) : n.insertBefore(o, t || null)), t = o; (t &&= t.nextSibling) && t.nodeType == 8 && !t.data.startsWith("$s"););
	return t;
}
function D(e, t) {
	return t ||= [], e != null && typeof e != "boolean" && (ye(e) ? e.some(function(e) {
		D(e, t);
	}) : t.push(e)), t;
}
function O(e, t, n, r) {
	var i, a = e.key, o = e.type, s = t[n], c = s && !(2 & s.__u);
	if (s === null && a == null || c && a == s.key && o == s.type) return n;
	if (r > +!!c) {
		for (i = n - 1; i >= 0; i--) if ((s = t[i]) && !(2 & s.__u) && a == s.key && o == s.type) return i;
		for (i = n + 1; i < t.length; i++) if ((s = t[i]) && !(2 & s.__u) && a == s.key && o == s.type) return i;
	}
	return -1;
}
function k(e, t, n) {
	n ??= "", t[0] == "-" ? e.setProperty(t, n) : e[t] = n;
}
function A(e, t, n, r, i) {
	var a, o;
	if (t == "style") {
		if (typeof n == "string") e.style.cssText = n;
		else {
			if (typeof r == "string" && (e.style.cssText = r = ""), r) for (t in r) n && t in n || k(e.style, t);
			if (n) for (t in n) r && n[t] == r[t] || k(e.style, t, n[t]);
		}
	} else if (t[0] == "o" && t[1] == "n") typeof n != "function" && (n = null), typeof r != "function" && (r = null), (e.__e ||= {})[t] = n, n && r || (o = pe[t] || (pe[t] = j(t)), (e.__a ||= {})[t] = fe, a = t != (t = t.replace(de, "$1")), (t = t.slice(2))[0] < "a" && (t = t.toLowerCase()), n ? e.addEventListener(t, o, a) : e.removeEventListener(t, o, a));
	else {
		if (i == "http://www.w3.org/2000/svg") t = t.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
		else if (t != "width" && t != "height" && t != "href" && t != "list" && t != "form" && t != "tabIndex" && t != "download" && t != "rowSpan" && t != "colSpan" && t != "role" && t != "popover" && t in e) try {
			e[t] = n ?? "";
			return;
		} catch {}
		if (typeof n == "function") return;
		n == null || !1 === n && t[4] != "-" ? e.removeAttribute(t) : e.setAttribute(t, t == "popover" && n == 1 ? "" : n);
	}
}
function j(e) {
	return function(t) {
		var n = this.__e;
		if (n) {
			if (n = n[e], t[ue] == null) t[ue] = fe++;
			else if (t[ue] < this.__a[e]) return;
			return n(B.event ? B.event(t) : t);
		}
	};
}
function M(e, t, n, r, i, a, o, s, c, l) {
	var u, d, p, m, h, g, b, x, S, C, T, E, D, O, k, A, j, M, F = t.type;
	if (t.constructor !== he) return null;
	128 & n.__u && (c = 32 & n.__u, u = n.__c.__z) && (t.__u |= c, d = a = [], u.nodeType == 8 ? s = N(u, a) : a.push(u), s = a[0] || s), (u = B.__b) && u(t);
	e: if (typeof F == "function") {
		p = o.length;
		try {
			if (x = t.props, S = (u = F.prototype) && u.render, C = (u = F.contextType) && r[u.__c], T = u ? C ? C.props.value : u.__ : r, (m = n.__c) ? (t.__c = m, 2 & m.__g && (m.__g |= 1)) : (S ? t.__c = m = new F(x, T) : (t.__c = m = new v(x, T), m.constructor = F, m.render = te), C && C.sub(m), m.state || (m.state = {}), m.__n = r, m.__g |= 8, m.__h = [], m.__k = []), S && (m.__s || (m.__s = m.state), F.getDerivedStateFromProps && (m.__s == m.state && (m.__s = xe({}, m.__s)), xe(m.__s, F.getDerivedStateFromProps(x, m.__s)))), h = m.props, g = m.state, m.__v = t, n.__c) {
				if (x !== h && S && !F.getDerivedStateFromProps && m.componentWillReceiveProps && m.componentWillReceiveProps(x, T), t.__v == n.__v && !(8 & m.__g) || !(4 & m.__g) && m.shouldComponentUpdate && !1 === m.shouldComponentUpdate(x, m.__s, T)) {
					t.__v != n.__v && (m.props = x, m.state = m.__s, m.__g &= -9), t.__e = n.__e, t.__k = n.__k, t.__k.some(function(e) {
						e && (e.__ = t);
					}), _e.push.apply(m.__h, m.__k), m.__k = [], m.__h.length && o.push(m), s = y(n);
					break e;
				}
				m.componentWillUpdate && m.componentWillUpdate(x, m.__s, T), S && m.componentDidUpdate && m.__h.push(function() {
					m.componentDidUpdate(h, g, b);
				});
			} else S && !F.getDerivedStateFromProps && m.componentWillMount && m.componentWillMount(), S && m.componentDidMount && m.__h.push(m.componentDidMount);
			m.context = T, m.props = x, m.__P = e, m.__g &= -5, E = B.__r, D = S ? 25 : 0;
			do
				m.__g &= -9, E && E(t), u = m.render(m.props, m.state = m.__s, m.context);
			while (8 & m.__g && ++D < 25);
			S && (_e.push.apply(m.__h, m.__k), m.__k = []), m.state = m.__s, m.getChildContext && (r = xe({}, r, m.getChildContext())), S && n.__c && m.getSnapshotBeforeUpdate && (b = m.getSnapshotBeforeUpdate(h, g)), O = u && u.type === _ && u.key == null ? u.props.children : u, x.__P && (u = s, i = (e = x.__P).namespaceURI, c = a = null, n.props && n.props.__P != e && (n.__k.some(function(e) {
				e && L(e, e);
			}), n.__k = null), s = n.__k ? y(n, 0) : null), s = w(e, ye(O) ? O : [O], t, n, r, i, a, o, s, c, l), x.__P && (t.__e = null, s = u), t.__u &= -161, d && d.some(f), m.__h.length && o.push(m), 1 & m.__g && (m.__g &= -4);
		} catch (e) {
			if (o.length = p, t.__v = null, c || a) {
				if (e && e.then) {
					if (t.__u |= 128 | c, a) {
						for (~(j = a.indexOf(s || void 0)) || (j = a.length); (M = a[j - 1]) && M.nodeType == 8;) j--;
						for (; j < a.length; j++) if (M = a[j]) {
							if (a[j] = null, k) {
								if (M == A) break;
							} else {
								if (M.nodeType != 8) break;
								M.data.startsWith("$s") && (A = N(k = M));
							}
						}
					}
					if (!k) {
						for (; s && s.nodeType == 8 && s.nextSibling;) s = s.nextSibling;
						k = s;
					}
					(u = N(k = t.__c.__z || (t.__c.__z = k))) ? (t.__e = k, s = u) : t.__e = s, s &&= s.nextSibling;
				} else a && a.some(f);
			} else t.__e = n.__e;
			t.__k ||= n.__k || [], e && e.then || P(t), B.__e(e, t, n);
		}
	} else s = t.__e = ee(n.__e, t, n, r, i, a, o, c, l, e);
	return (u = B.diffed) && u(t), s;
}
function N(e, t) {
	if (e && e.nodeType == 8 && e.data.startsWith("$s")) for (var n = 1; e = e.nextSibling;) {
		if (e.nodeType == 8) {
			if (e.data.startsWith("$s")) n++;
			else if (e.data.startsWith("/$s") && !--n) return e;
		}
		t && t.push(e);
	}
}
function P(e) {
	e && (e.__c && (e.__c.__g |= 4), e.__k && e.__k.some(P));
}
function F(e, t, n) {
	for (var r = 0; r < n.length;) I(n[r++], n[r++], n[r++]);
	B.__c && B.__c(t, e), e.some(function(t) {
		try {
			e = t.__h, t.__h = [], e.some(function(e) {
				e.call(t);
			});
		} catch (e) {
			B.__e(e, t.__v);
		}
	});
}
function ee(e, t, n, r, i, a, o, s, c, l) {
	var u, d, p, m, h, g, _, v, b = n.props || ge, x = t.props, S = t.type;
	if (S == "svg" ? i = "http://www.w3.org/2000/svg" : S == "math" ? i = "http://www.w3.org/1998/Math/MathML" : i ||= "http://www.w3.org/1999/xhtml", a) {
		for (u = 0; u < a.length; u++) if ((h = a[u]) && (S ? h.localName == S : h.nodeType == 3)) {
			e = h, a[u] = null;
			break;
		}
	}
	if (!e) {
		if (v = l.ownerDocument || document, !S) return v.createTextNode(x);
		e = v.createElementNS(i, S, x.is ? x : l), s &&= (B.__m && B.__m(t, a), !1), a = null;
	}
	if (S) {
		if (l = S == "template" && e.content || e, a = S == "textarea" && x.defaultValue != null ? null : a && be.call(l.childNodes), !s && a) for (b = {}, u = 0; u < e.attributes.length; u++) b[(h = e.attributes[u]).name] = h.value;
		for (u in b) h = b[u], u == "dangerouslySetInnerHTML" ? p = h : u == "children" || u in x || u == "value" && "defaultValue" in x || u == "checked" && "defaultChecked" in x || A(e, u, null, h, i);
		for (u in x) h = x[u], u == "children" ? m = h : u == "dangerouslySetInnerHTML" ? d = h : u == "value" ? g = h : u == "checked" ? _ = h : s && typeof h != "function" || b[u] === h || A(e, u, h, b[u], i);
		d ? (s || p && (d.__html == p.__html || d.__html == e.innerHTML) || (e.innerHTML = d.__html), t.__k = []) : (p && (e.textContent = ""), (S == "foreignObject" || i == "http://www.w3.org/1998/Math/MathML" && ve.test(S)) && (i = "http://www.w3.org/1999/xhtml"), w(l, ye(m) ? m : [m], t, n, r, i, a, o, a ? a[0] : n.__k && y(n, 0), s, c), a && a.some(f)), s && S != "textarea" || (u = "value", S == "progress" && g == null ? e.removeAttribute(u) : g == null || g === e[u] && (S != "progress" || g) || A(e, u, g, b[u], i), u = "checked", _ != null && _ != e[u] && A(e, u, _, b[u], i));
	} else b === x || s && e.data == x || (e.data = x);
	return e;
}
function I(e, t, n, r) {
	try {
		typeof e == "function" ? t ? t.__x = e(t) || 1 : (r &&= r.__c || r.__e) && (t = r.__x) && (r.__x = null, typeof t == "function" ? t() : e(null)) : e.current = t;
	} catch (e) {
		B.__e(e, n);
	}
}
function L(e, t, n) {
	var r, i, a, o;
	if (B.unmount && B.unmount(e), !(r = e.ref) || r.current && r.current != e.__e || I(r, null, t, e), r = e.__c) {
		if (r.componentWillUnmount) try {
			r.componentWillUnmount();
		} catch (e) {
			B.__e(e, t);
		}
		r.__P = r.__n = null;
	}
	if (r = e.__k) for (o = 0; o < r.length; o++) r[o] && L(r[o], t, typeof e.type != "function" || n && !e.props.__P);
	!n && (r = e.__c) && (r = r.__z) && (i = N(r, a = [])) && (r == e.__e && a.some(f), f(i), f(r)), n || f(e.__e), e.__e = e.__c = e.__ = null;
}
function te(e, t, n) {
	return this.constructor(e, n);
}
function R(e, t) {
	var n, r, i, a;
	B.__ && B.__(e, t), t.nodeType == 9 && (t = t.documentElement), r = (n = e && 32 & e.__u) ? null : t.__k, t.__k = h(_, { children: [e] }), i = [], a = [], M(t, t.__k, r || ge, ge, t.namespaceURI, r ? null : t.firstChild ? be.call(t.childNodes) : null, i, r ? r.__e : t.firstChild, n, a), F(i, t.__k, a), t.__k.props.children = null;
}
function ne(e, t) {
	e && typeof e == "object" && (e.__u |= 32), R(e, t);
}
function z(e) {
	function t(e) {
		var n, r;
		return this.getChildContext || (n = /* @__PURE__ */ new Set(), (r = {})[t.__c] = this, this.getChildContext = function() {
			return r;
		}, this.shouldComponentUpdate = function(e) {
			this.props.value != e.value && n.forEach(function(e) {
				e.__g |= 4, S(e);
			});
		}, this.sub = function(e) {
			n.add(e);
			var t = e.componentWillUnmount;
			e.componentWillUnmount = function() {
				n.delete(e), t && t.call(e);
			};
		}), e.children;
	}
	return t.__c = "__cC" + me++, t.__ = e, t.Provider = (t.Consumer = function(e, t) {
		return e.children(t);
	}).contextType = t, t;
}
function re(e) {
	return e.children;
}
function ie(e, t) {
	return h(re, {
		__P: t,
		children: e
	});
}
var B, ae, oe, se, ce, le, ue, de, fe, pe, me, he, ge, _e, ve, ye, be, xe, Se = o((() => {
	he = Symbol.for("pv"), ge = {}, _e = [], ve = /^m(i|n|o|s|text|space)$/, ye = Array.isArray, be = _e.slice, xe = Object.assign, B = { __e: function(e, t, n, r) {
		for (var i, a, o; t = t.__;) if ((i = t.__c) && !(1 & i.__g)) {
			i.__g |= 4;
			try {
				if ((o = (a = i.constructor) && a.getDerivedStateFromError) && i.setState(a.getDerivedStateFromError(e)), i.componentDidCatch && (i.componentDidCatch(e, r || {}), o = 1), o && 8 & i.__g) return void (i.__g |= 2);
			} catch (t) {
				e = t;
			}
		}
		throw ce = 0, e;
	} }, ae = 0, v.prototype.setState = function(e, t) {
		var n = this.__s;
		n && n != this.state || (n = this.__s = xe({}, this.state)), typeof e == "function" && (e = e(xe({}, n), this.props)), e && (xe(n, e), this.__v && (t && this.__k.push(t), S(this)));
	}, v.prototype.forceUpdate = function(e) {
		this.__v && (this.__g |= 4, e && this.__h.push(e), S(this));
	}, v.prototype.render = _, oe = [], ce = 0, le = function(e, t) {
		return e.__v.__b - t.__v.__b;
	}, ue = Symbol(), de = /(PointerCapture)$|Capture$/i, fe = 0, pe = {}, me = 0;
}));
// node_modules/preact/hooks/dist/hooks.mjs
function Ce(e, t) {
	K.__h && K.__h(G, e, Ue || t), Ue = 0;
	var n = G.__H || (G.__H = {
		__: [],
		__h: []
	});
	return e >= n.__.length && n.__.push({}), n.__[e];
}
function V(e) {
	return Ue = 1, we(Re, e);
}
function we(e, t, n) {
	var r = Ce(ze++, 2);
	if (r.t = e, !r.__c && (r.__ = [n ? n(t) : Re(void 0, t), function(e) {
		var t = (r.__N || r.__)[0], n = r.t(t, e);
		He(t, n) || (r.__N = [n, r.__[1]], r.__c.setState({}));
	}], r.__c = G, !G.__f)) {
		G.__f = !0;
		var i = G.shouldComponentUpdate;
		G.shouldComponentUpdate = function(e, t, n) {
			var r = this.__H;
			if (!r) return !0;
			var a = !1, o = this.props != e;
			if (r.__.some(function(e) {
				e.__N && (a = !0, He(e.__[0], e.__N[0]) || (o = !0));
			}), i) {
				var s = i.call(this, e, t, n);
				return a ? s || o : s;
			}
			return !a || o;
		};
	}
	return r.__;
}
function H(e, t) {
	var n = Ce(ze++, 3);
	!K.__s && Le(n.__H, t) && (n.__P = !0, n.__ = e, n.u = t, G.__H.__h.push(n));
}
function Te(e, t) {
	var n = Ce(ze++, 4);
	!K.__s && Le(n.__H, t) && (n.__P = !1, n.__ = e, n.u = t, G.__h.push(n));
}
function U(e) {
	return Ue = 5, W(function() {
		return { current: e };
	}, []);
}
function Ee(e, t, n) {
	Ue = 6, Te(function() {
		if (typeof e == "function") {
			var n = e(t());
			return function() {
				e(null), typeof n == "function" && n();
			};
		}
		if (e) return e.current = t(), function() {
			return e.current = null;
		};
	}, n == null ? n : n.concat(e));
}
function W(e, t) {
	var n = Ce(ze++, 7);
	return Le(n.__H, t) && (n.__ = e(), n.__H = t), n.__;
}
function De(e, t) {
	return Ue = 8, W(function() {
		return e;
	}, t);
}
function Oe(e) {
	var t = G.context[e.__c], n = Ce(ze++, 9);
	return n.c = e, t ? (n.__ ?? (n.__ = !0, t.sub(G)), t.props.value) : e.__;
}
function ke(e, t) {
	K.useDebugValue && K.useDebugValue(t ? t(e) : e);
}
function Ae(e) {
	var t = Ce(ze++, 10), n = V();
	return t.__ = e, G.componentDidCatch || (G.componentDidCatch = function(e, r) {
		t.__ && t.__(e, r), n[1](e);
	}), [n[0], function() {
		return n[1]();
	}];
}
function je() {
	var e = Ce(ze++, 11);
	if (!e.__) {
		for (var t = G.__v; !t.__m && t.__;) t = t.__;
		var n = t.__m || (t.__m = [0, 0]);
		e.__ = "P" + n[0] + "-" + n[1]++;
	}
	return e.__;
}
function Me() {
	var e;
	do {
		for (; e = Ge.shift();) try {
			Fe(e);
		} catch (t) {
			K.__e(t, { __: (e = e.__P) && e.__v });
		}
		for (; e = We.shift();) {
			var t = e.__H;
			if (e.__P && t) try {
				t.__h.some(Fe), t.__h.some(Ie), t.__h = [];
			} catch (n) {
				t.__h = [], K.__e(n, e.__v);
			}
		}
	} while (Ge.length);
}
function Ne(e) {
	var t, n = function() {
		clearTimeout(r), Qe && cancelAnimationFrame(t), setTimeout(e);
	}, r = setTimeout(n, 35);
	Qe && (t = requestAnimationFrame(n));
}
function Pe(e) {
	e != 1 && Ve == K.requestAnimationFrame || ((Ve = K.requestAnimationFrame) || Ne)(Me);
}
function Fe(e) {
	var t = G, n = e.__c;
	typeof n == "function" && (e.__c = void 0, n()), G = t;
}
function Ie(e) {
	var t = G;
	e.__c = e.__(), G = t;
}
function Le(e, t) {
	return !e || e.length != t.length || t.some(function(t, n) {
		return !He(t, e[n]);
	});
}
function Re(e, t) {
	return typeof t == "function" ? t(e) : t;
}
var ze, G, Be, Ve, He, Ue, We, Ge, K, Ke, qe, Je, Ye, Xe, Ze, Qe, $e = o((() => {
	Se(), He = Object.is, Ue = 0, We = [], Ge = [], K = B, Ke = K.__b, qe = K.__r, Je = K.diffed, Ye = K.__c, Xe = K.unmount, Ze = K.__, K.__b = function(e) {
		G = null, Ke && Ke(e);
	}, K.__ = function(e, t) {
		e && t.__k && t.__k.__m && (e.__m = t.__k.__m), Ze && Ze(e, t);
	}, K.__r = function(e) {
		qe && qe(e), ze = 0;
		var t = (G = e.__c).__H;
		t && (Be == G ? G.__h = [] : (t.__h.some(Fe), t.__h.some(Ie), ze = 0), t.__h = [], t.__.some(function(e) {
			e.__N && (e.__ = e.__N), e.u = e.__N = void 0;
		})), Be = G;
	}, K.diffed = function(e) {
		Je && Je(e);
		var t = e.__c;
		t && t.__H && (t.__H.__h.length && Pe(We.push(t)), t.__H.__.some(function(e) {
			e.u && (e.__H = e.u);
		})), Be = G = null;
	}, K.__c = function(e, t) {
		t.some(function(e) {
			try {
				e.__h.some(Fe), e.__h = e.__h.filter(function(e) {
					return !e.__ || Ie(e);
				});
			} catch (t) {
				e.__h = [function() {
					throw t;
				}];
			}
		}), Ye && Ye(e, t);
	}, K.unmount = function(e) {
		Xe && Xe(e);
		var t, n, r = e.__c;
		r && r.__H && (r.__H.__.some(function(r) {
			try {
				if (r.__P && r.__c) {
					if (n === void 0) {
						for (n = e.__; n && (!n.__c || !n.__c.__P);) n = n.__;
						n &&= n.__c;
					}
					r.__P = n, Pe(Ge.push(r));
				} else Fe(r);
			} catch (e) {
				t = e;
			}
		}), r.__H = void 0, t && K.__e(t, r.__v));
	}, Qe = typeof requestAnimationFrame == "function";
}));
// node_modules/@xyflow/react/dist/base.css?inline
$e();
var et = ".react-flow{--xy-edge-stroke-default:#b1b1b7;--xy-edge-stroke-width-default:1;--xy-edge-stroke-selected-default:#555;--xy-connectionline-stroke-default:#b1b1b7;--xy-connectionline-stroke-width-default:1;--xy-attribution-background-color-default:#ffffff80;--xy-minimap-background-color-default:#fff;--xy-minimap-mask-background-color-default:#f0f0f099;--xy-minimap-mask-stroke-color-default:transparent;--xy-minimap-mask-stroke-width-default:1;--xy-minimap-node-background-color-default:#e2e2e2;--xy-minimap-node-stroke-color-default:transparent;--xy-minimap-node-stroke-width-default:2;--xy-background-color-default:transparent;--xy-background-pattern-dots-color-default:#91919a;--xy-background-pattern-lines-color-default:#eee;--xy-background-pattern-cross-color-default:#e2e2e2;background-color:var(--xy-background-color,var(--xy-background-color-default));--xy-node-border-default:1px solid #bbb;--xy-node-border-selected-default:1px solid #555;--xy-handle-background-color-default:#333;--xy-selection-background-color-default:#9696b41a;--xy-selection-border-default:1px dotted #9b9b9bcc;--xy-resize-background-color-default:#3367d9;direction:ltr}.react-flow.dark{--xy-edge-stroke-default:#3e3e3e;--xy-edge-stroke-width-default:1;--xy-edge-stroke-selected-default:#727272;--xy-connectionline-stroke-default:#b1b1b7;--xy-connectionline-stroke-width-default:1;--xy-attribution-background-color-default:#96969640;--xy-minimap-background-color-default:#141414;--xy-minimap-mask-background-color-default:#3c3c3c99;--xy-minimap-mask-stroke-color-default:transparent;--xy-minimap-mask-stroke-width-default:1;--xy-minimap-node-background-color-default:#2b2b2b;--xy-minimap-node-stroke-color-default:transparent;--xy-minimap-node-stroke-width-default:2;--xy-background-color-default:#141414;--xy-background-pattern-dots-color-default:#555;--xy-background-pattern-lines-color-default:#333;--xy-background-pattern-cross-color-default:#333;--xy-node-color-default:#f8f8f8}.react-flow__background{background-color:var(--xy-background-color-props,var(--xy-background-color,var(--xy-background-color-default)));pointer-events:none;z-index:-1}.react-flow__container{width:100%;height:100%;position:absolute;top:0;left:0}.react-flow__pane{z-index:1;touch-action:none}.react-flow__pane.draggable{cursor:grab}.react-flow__pane.dragging{cursor:grabbing}.react-flow__pane.selection{cursor:pointer}.react-flow__viewport{transform-origin:0 0;z-index:2;pointer-events:none}.react-flow__renderer{z-index:4}.react-flow__selection{z-index:6}.react-flow__nodesselection-rect:focus,.react-flow__nodesselection-rect:focus-visible{outline:none}.react-flow__edge-path{stroke:var(--xy-edge-stroke,var(--xy-edge-stroke-default));stroke-width:var(--xy-edge-stroke-width,var(--xy-edge-stroke-width-default));fill:none}.react-flow__connection-path{stroke:var(--xy-connectionline-stroke,var(--xy-connectionline-stroke-default));stroke-width:var(--xy-connectionline-stroke-width,var(--xy-connectionline-stroke-width-default));fill:none}.react-flow .react-flow__edges{position:absolute}.react-flow .react-flow__edges svg{pointer-events:none;position:absolute;overflow:visible}.react-flow__edge{pointer-events:visibleStroke}.react-flow__edge.selectable{cursor:pointer}.react-flow__edge.animated path{stroke-dasharray:5;animation:.5s linear infinite dashdraw}.react-flow__edge.animated path.react-flow__edge-interaction{stroke-dasharray:none;animation:none}.react-flow__edge.inactive{pointer-events:none}.react-flow__edge.selected,.react-flow__edge:focus,.react-flow__edge:focus-visible{outline:none}.react-flow__edge.selected .react-flow__edge-path,.react-flow__edge.selectable:focus .react-flow__edge-path,.react-flow__edge.selectable:focus-visible .react-flow__edge-path{stroke:var(--xy-edge-stroke-selected,var(--xy-edge-stroke-selected-default))}.react-flow__edge-textwrapper{pointer-events:all}.react-flow__edge .react-flow__edge-text{pointer-events:none;-webkit-user-select:none;user-select:none}.react-flow__arrowhead polyline{stroke:var(--xy-edge-stroke,var(--xy-edge-stroke-default))}.react-flow__arrowhead polyline.arrowclosed{fill:var(--xy-edge-stroke,var(--xy-edge-stroke-default))}.react-flow__connection{pointer-events:none}.react-flow__connection .animated{stroke-dasharray:5;animation:.5s linear infinite dashdraw}svg.react-flow__connectionline{z-index:1001;position:absolute;overflow:visible}.react-flow__nodes{pointer-events:none;transform-origin:0 0}.react-flow__node{-webkit-user-select:none;user-select:none;pointer-events:all;transform-origin:0 0;box-sizing:border-box;cursor:default;position:absolute}.react-flow__node.selectable{cursor:pointer}.react-flow__node.draggable{cursor:grab;pointer-events:all}.react-flow__node.draggable.dragging{cursor:grabbing}.react-flow__nodesselection{z-index:3;transform-origin:0 0;pointer-events:none}.react-flow__nodesselection-rect{pointer-events:all;cursor:grab;position:absolute}.react-flow__handle{pointer-events:none;background-color:var(--xy-handle-background-color,var(--xy-handle-background-color-default));min-width:5px;min-height:5px;position:absolute}.react-flow__handle.connectingfrom{pointer-events:all}.react-flow__handle.connectionindicator{pointer-events:all;cursor:crosshair}.react-flow__handle-bottom{top:auto;bottom:0;left:50%;transform:translate(-50%,50%)}.react-flow__handle-top{top:0;left:50%;transform:translate(-50%,-50%)}.react-flow__handle-left{top:50%;left:0;transform:translate(-50%,-50%)}.react-flow__handle-right{top:50%;right:0;transform:translate(50%,-50%)}.react-flow__edgeupdater{cursor:move;pointer-events:all}.react-flow__pane.selection .react-flow__panel{pointer-events:none}.react-flow__panel{z-index:5;margin:15px;position:absolute}.react-flow__panel.top{top:0}.react-flow__panel.bottom{bottom:0}.react-flow__panel.top.center,.react-flow__panel.bottom.center{left:50%;transform:translate(-15px)translate(-50%)}.react-flow__panel.left{left:0}.react-flow__panel.right{right:0}.react-flow__panel.left.center,.react-flow__panel.right.center{top:50%;transform:translateY(-15px)translateY(-50%)}.react-flow__attribution{background:var(--xy-attribution-background-color,var(--xy-attribution-background-color-default));margin:0;padding:2px 3px;font-size:10px}.react-flow__attribution a{color:#999;text-decoration:none}@keyframes dashdraw{0%{stroke-dashoffset:10px}}.react-flow__edgelabel-renderer{pointer-events:none;-webkit-user-select:none;user-select:none;width:100%;height:100%;position:absolute;top:0;left:0}.react-flow__viewport-portal{-webkit-user-select:none;user-select:none;width:100%;height:100%;position:absolute;top:0;left:0}.react-flow__minimap{background:var(--xy-minimap-background-color-props,var(--xy-minimap-background-color,var(--xy-minimap-background-color-default)))}.react-flow__minimap-svg{display:block}.react-flow__minimap-mask{fill:var(--xy-minimap-mask-background-color-props,var(--xy-minimap-mask-background-color,var(--xy-minimap-mask-background-color-default)));stroke:var(--xy-minimap-mask-stroke-color-props,var(--xy-minimap-mask-stroke-color,var(--xy-minimap-mask-stroke-color-default)));stroke-width:var(--xy-minimap-mask-stroke-width-props,var(--xy-minimap-mask-stroke-width,var(--xy-minimap-mask-stroke-width-default)))}.react-flow__minimap-node{fill:var(--xy-minimap-node-background-color-props,var(--xy-minimap-node-background-color,var(--xy-minimap-node-background-color-default)));stroke:var(--xy-minimap-node-stroke-color-props,var(--xy-minimap-node-stroke-color,var(--xy-minimap-node-stroke-color-default)));stroke-width:var(--xy-minimap-node-stroke-width-props,var(--xy-minimap-node-stroke-width,var(--xy-minimap-node-stroke-width-default)))}.react-flow__background-pattern.dots{fill:var(--xy-background-pattern-color-props,var(--xy-background-pattern-color,var(--xy-background-pattern-dots-color-default)))}.react-flow__background-pattern.lines{stroke:var(--xy-background-pattern-color-props,var(--xy-background-pattern-color,var(--xy-background-pattern-lines-color-default)))}.react-flow__background-pattern.cross{stroke:var(--xy-background-pattern-color-props,var(--xy-background-pattern-color,var(--xy-background-pattern-cross-color-default)))}.react-flow__controls{flex-direction:column;display:flex}.react-flow__controls.horizontal{flex-direction:row}.react-flow__controls-button{justify-content:center;align-items:center;width:26px;height:26px;padding:4px;display:flex}.react-flow__controls-button svg{fill:currentColor;width:100%;max-width:12px;max-height:12px}.react-flow__node-input,.react-flow__node-default,.react-flow__node-output,.react-flow__node-group{border:var(--xy-node-border,var(--xy-node-border-default));color:var(--xy-node-color,var(--xy-node-color-default))}.react-flow__node-input.selected,.react-flow__node-input:focus,.react-flow__node-input:focus-visible,.react-flow__node-default.selected,.react-flow__node-default:focus,.react-flow__node-default:focus-visible,.react-flow__node-output.selected,.react-flow__node-output:focus,.react-flow__node-output:focus-visible,.react-flow__node-group.selected,.react-flow__node-group:focus,.react-flow__node-group:focus-visible{border:var(--xy-node-border-selected,var(--xy-node-border-selected-default));outline:none}.react-flow__nodesselection-rect,.react-flow__selection{background:var(--xy-selection-background-color,var(--xy-selection-background-color-default));border:var(--xy-selection-border,var(--xy-selection-border-default))}.react-flow__resize-control{position:absolute}.react-flow__resize-control.left,.react-flow__resize-control.right{cursor:ew-resize}.react-flow__resize-control.top,.react-flow__resize-control.bottom{cursor:ns-resize}.react-flow__resize-control.top.left,.react-flow__resize-control.bottom.right{cursor:nwse-resize}.react-flow__resize-control.bottom.left,.react-flow__resize-control.top.right{cursor:nesw-resize}.react-flow__resize-control.handle{background-color:var(--xy-resize-background-color,var(--xy-resize-background-color-default));border:1px solid #fff;border-radius:1px;width:5px;height:5px;translate:-50% -50%}.react-flow__resize-control.handle.left{top:50%;left:0}.react-flow__resize-control.handle.right{top:50%;left:100%}.react-flow__resize-control.handle.top{top:0;left:50%}.react-flow__resize-control.handle.bottom{top:100%;left:50%}.react-flow__resize-control.handle.top.left,.react-flow__resize-control.handle.bottom.left{left:0}.react-flow__resize-control.handle.top.right,.react-flow__resize-control.handle.bottom.right{left:100%}.react-flow__resize-control.line{border-color:var(--xy-resize-background-color,var(--xy-resize-background-color-default));border-style:solid;border-width:0}.react-flow__resize-control.line.left,.react-flow__resize-control.line.right{width:1px;height:100%;top:0;transform:translate(-50%)}.react-flow__resize-control.line.left{border-left-width:1px;left:0}.react-flow__resize-control.line.right{border-right-width:1px;left:100%}.react-flow__resize-control.line.top,.react-flow__resize-control.line.bottom{width:100%;height:1px;left:0;transform:translateY(-50%)}.react-flow__resize-control.line.top{border-top-width:1px;top:0}.react-flow__resize-control.line.bottom{border-bottom-width:1px;top:100%}";
// node_modules/preact/jsx-runtime/dist/jsxRuntime.mjs
Se();
var tt = Symbol.for("pv"), nt = 0;
Array.isArray;
function q(e, t, n, r, i, a) {
	t ||= {};
	var o, s, c = t;
	if ("ref" in c && typeof e != "function") for (s in c = {}, t) s == "ref" ? o = t[s] : c[s] = t[s];
	var l = {
		type: e,
		props: c,
		key: n,
		ref: o,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: tt,
		__v: --nt,
		__i: -1,
		__u: 0
	};
	return (i || a) && (l.__source = i, l.__self = a), B.vnode && B.vnode(l), l;
}
// node_modules/preact/compat/dist/compat.mjs
var rt = /* @__PURE__ */ c({
	Children: () => kt,
	Component: () => v,
	Fragment: () => _,
	PureComponent: () => Mt,
	StrictMode: () => _,
	Suspense: () => Xt,
	__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED: () => Jt,
	cloneElement: () => wt,
	createContext: () => z,
	createElement: () => p,
	createFactory: () => bt,
	createPortal: () => dt,
	createRef: () => g,
	default: () => $t,
	findDOMNode: () => Et,
	flushSync: () => Qt,
	forwardRef: () => ot,
	hydrate: () => mt,
	isElement: () => xt,
	isFragment: () => St,
	isMemo: () => Ct,
	isValidElement: () => xt,
	lazy: () => yt,
	memo: () => J,
	render: () => pt,
	startTransition: () => st,
	unmountComponentAtNode: () => Tt,
	unstable_batchedUpdates: () => Dt,
	use: () => qt,
	useCallback: () => De,
	useContext: () => Oe,
	useDebugValue: () => ke,
	useDeferredValue: () => ct,
	useEffect: () => H,
	useEffectEvent: () => ut,
	useErrorBoundary: () => Ae,
	useId: () => je,
	useImperativeHandle: () => Ee,
	useInsertionEffect: () => Pt,
	useLayoutEffect: () => Te,
	useMemo: () => W,
	useReducer: () => we,
	useRef: () => U,
	useState: () => V,
	useSyncExternalStore: () => Ht,
	useTransition: () => lt,
	version: () => Zt
});
function it(e, t) {
	for (var n in e) if (n != "__source" && e[n] !== t[n]) return !0;
	for (var r in t) if (r != "__source" && !(r in e)) return !0;
	return !1;
}
function at() {
	function e(e, t) {
		this.props = e, this.context = t;
	}
	return (e.prototype = new v()).isPureReactComponent = !0, e.prototype.shouldComponentUpdate = function(e, t) {
		return it(this.props, e) || it(this.state, t);
	}, e;
}
function ot(e) {
	function t(t) {
		var n = At({}, t);
		return delete n.ref, e(n, t.ref || null);
	}
	return t.$$typeof = Nt, t.render = e, t.prototype.isReactComponent = !0, t.displayName = "ForwardRef(" + (e.displayName || e.name) + ")", t;
}
function st(e) {
	e();
}
function ct(e) {
	return e;
}
function lt() {
	return [!1, st];
}
function ut(e) {
	var t = U(e);
	return t.current = e, function() {
		return t.current.apply(void 0, arguments);
	};
}
function J(e, t) {
	function n(e) {
		var n = this.props.ref;
		return n != e.ref && n && (typeof n == "function" ? n(null) : n.current = null), t ? !t(this.props, e) || n != e.ref : it(this.props, e);
	}
	function r(t) {
		return this.shouldComponentUpdate = n, p(e, t);
	}
	return r.displayName = "Memo(" + (e.displayName || e.name) + ")", r.prototype.isReactComponent = !0, r.type = e, r;
}
function dt(e, t) {
	var n = ie(e, t);
	return n.containerInfo = t, n;
}
function ft(e) {
	try {
		return !Object.is(e.__, e.u());
	} catch {
		return !0;
	}
}
function pt(e, t, n) {
	return t.__k ?? (t.textContent = ""), R(e, t), typeof n == "function" && n(), e ? e.__c : null;
}
function mt(e, t, n) {
	return ne(e, t), typeof n == "function" && n(), e ? e.__c : null;
}
function ht(e) {
	if (!Lt) {
		Lt = !0;
		var t = B.__r;
		B.__r = function(e) {
			t && t(e), 32 & e.__u && (It = e), Ft = e.__c;
		};
		var n = B.diffed;
		B.diffed = function(e) {
			n && n(e), Ft = null, It == e && (It = null);
		};
	}
	return e;
}
function gt(e, t, n) {
	if (e) {
		var r = e.__c && e.__c.__H;
		r && (r.__.forEach(function(e) {
			e.__P != null && (typeof e.__c == "function" && e.__c(), e.__c = e.__H = void 0);
		}), r.__h = e.__c.__h = []), typeof e.type == "string" && (e.__u |= 8), (e = At({ constructor: Yt }, e)).__c != null && (e.__c.__P == n && (e.__c.__P = t), e.__c.__g |= 4, e.__c = e.ref = null), e.__k = e.__k && e.__k.map(function(e) {
			return gt(e, t, n);
		});
	}
	return e;
}
function _t(e, t, n) {
	return e && n && (e.__v = null, e.__k = e.__k && e.__k.map(function(e) {
		return _t(e, t, n);
	}), e.__c && e.__c.__P == t && (e.__e && n.appendChild(e.__e), e.__c.__g |= 4, e.__c.__P = n)), e;
}
function vt() {
	function e() {
		this.__u = 0, this.i = null, this.__b = null;
	}
	return function() {
		var e = B.__e;
		B.__e = function(t, n, r, i) {
			if (t && t.then) {
				for (var a, o = n; o = o.__;) if ((a = o.__c) && a.__c) return r && !r.__c && (n.__c.__H = void 0), a.__c(t, n);
			}
			e(t, n, r, i);
		};
		var t = B.unmount;
		B.unmount = function(e) {
			var n = e.__c;
			n && n.__R && n.__R(), t && t(e);
		};
	}(), (e.prototype = new v()).__c = function(e, t) {
		var n = this, r = t.__c;
		this.i ??= [], this.i.push(r);
		var i = !1, a = function() {
			!i && n.__P && (i = !0, r.__R = null, s());
		};
		r.__R = a;
		var o = r.__P;
		r.__P = null;
		var s = function() {
			if (!--n.__u) {
				if (n.state.__a) {
					var e = n.state.__a;
					n.__v.__k[0] = _t(e, e.__c.__P, e.__c.__O);
				}
				var t;
				for (n.setState({ __a: n.__b = null }); t = n.i.pop();) t.__P = o, t.forceUpdate();
			}
		};
		this.__u++ || 32 & t.__u || this.setState({ __a: this.__b = this.__v.__k[0] }), e.then(a, a);
	}, e.prototype.componentWillUnmount = function() {
		this.i = [], this.state.__a && (this.__v.__k[0] = this.state.__a);
	}, e.prototype.render = function(e, t) {
		if (this.__b) {
			if (this.__v.__k) {
				var n = document.createElement("div"), r = this.__v.__k[0].__c;
				this.__v.__k[0] = gt(this.__b, n, r.__O = r.__P);
			}
			this.__b = null;
		}
		return [p(_, null, t.__a ? null : e.children), t.__a && p(_, null, e.fallback)];
	}, e;
}
function yt(e) {
	var t, n, r, i = null;
	function a(a) {
		if (t || (t = e()).then(function(e) {
			e && (i = e.default || e), r = !0;
		}, function(e) {
			n = e, r = !0;
		}), n) throw n;
		if (!r) throw t;
		return i ? p(i, a) : null;
	}
	return a.displayName = "Lazy", a;
}
function bt(e) {
	return p.bind(null, e);
}
function xt(e) {
	return !!e && e.$$typeof === Rt;
}
function St(e) {
	return xt(e) && e.type == _;
}
function Ct(e) {
	return !!e && typeof e.displayName == "string" && e.displayName.indexOf("Memo(") == 0;
}
function wt(e) {
	return xt(e) ? m.apply(null, arguments) : e;
}
function Tt(e) {
	return !!e.__k && (R(null, e), !0);
}
function Et(e) {
	return e && (e.__v && e.__v.__e || e.nodeType == 1 && e) || null;
}
function Dt(e, t) {
	return e(t);
}
var Ot, kt, At, jt, Mt, Nt, Pt, Ft, It, Lt, Rt, zt, Bt, Vt, Ht, Ut, Wt, Gt, Kt, qt, Jt, Yt, Xt, Zt, Qt, $t, en = o((() => {
	Se(), $e(), Ot = function(e, t, n) {
		return e == null ? null : D(D(e).map(t.bind(n)));
	}, kt = {
		map: Ot,
		forEach: Ot,
		count: function(e) {
			return e ? D(e).length : 0;
		},
		only: function(e) {
			var t = D(e);
			if (t.length != 1) throw "Children.only";
			return t[0];
		},
		toArray: D
	}, At = Object.assign, jt = /^(-|f[lo].*[^se]$|g.{5,}[^ps]$|z|o[pr]|(W.{5})?[lL]i.*(t|mp)$|an|(bo|s).{4}Im|sca|m.{6}[ds]|ta|c.*[st]$|wido|ini|asp|fill|st)/, Mt = /* @__PURE__ */ at(), Nt = Symbol.for("react.forward_ref"), Pt = Te, Rt = Symbol.for("react.element"), zt = /^(?:accent|alignment|arabic|baseline|cap|clip(?!PathU)|color|dominant|fill|flood|font|glyph(?!R)|horiz|image(?!S)|letter|lighting|marker(?!H|W|U)|overline|paint|pointer|shape|stop|strikethrough|stroke|text(?!L)|transform|underline|unicode|units|v|vector|vert|word|writing|x(?!C))[A-Z]/, Bt = /[A-Z0-9]/g, Vt = typeof document < "u", Ht = /* @__PURE__ */ ht(function(e, t, n) {
		var r = B.__s || It ? (n || t)() : t(), i = V({ t: {
			__: r,
			u: t
		} }), a = i[0].t, o = i[1];
		return Te(function() {
			a.__ = r, a.u = t, ft(a) && o({ t: a });
		}, [
			e,
			r,
			t
		]), H(function() {
			return ft(a) && o({ t: a }), e(function() {
				ft(a) && o({ t: a });
			});
		}, [e]), r;
	}), Ut = function(e) {
		return /fil|che|rad/.test(e);
	}, v.prototype.isReactComponent = !0, [
		"componentWillMount",
		"componentWillReceiveProps",
		"componentWillUpdate"
	].forEach(function(e) {
		Object.defineProperty(v.prototype, e, {
			configurable: !0,
			get: function() {
				return this["UNSAFE_" + e];
			},
			set: function(t) {
				Object.defineProperty(this, e, {
					configurable: !0,
					writable: !0,
					value: t
				});
			}
		});
	}), Wt = B.event, B.event = function(e) {
		return Wt && (e = Wt(e)), e.persist = function() {}, e.isPropagationStopped = function() {
			return this.cancelBubble;
		}, e.isDefaultPrevented = function() {
			return this.defaultPrevented;
		}, e.nativeEvent = e;
	}, Gt = {
		configurable: !0,
		get: function() {
			return this.class;
		}
	}, Kt = B.vnode, B.vnode = function(e) {
		if (typeof e.type == "string") (function(e) {
			var t = e.props, n = e.type, r = {}, i = n.indexOf("-") == -1;
			for (var a in t) {
				var o = t[a];
				if (!(a == "value" && "defaultValue" in t && o == null || Vt && a == "children" && n == "noscript" || a == "class" || a == "className")) {
					if (a == "style" && o && o.constructor == Object) {
						var s = void 0;
						for (var c in o) typeof o[c] != "number" || jt.test(c) || (s ||= o = At({}, o), o[c] += "px");
					} else if (a == "defaultValue" && "value" in t && t.value == null) a = "value";
					else if (a == "download" && !0 === o) o = "";
					else if (a == "translate" && o === "no") o = !1;
					else if (a[0] == "o" && a[1] == "n") {
						var l = a.toLowerCase();
						l == "ondoubleclick" ? a = "ondblclick" : l != "onchange" || n != "input" && n != "textarea" || Ut(t.type) ? l == "onfocus" ? a = "onfocusin" : l == "onblur" && (a = "onfocusout") : l = a = "oninput", l == "oninput" && r[a = l] && (a = "oninputCapture");
					} else i && zt.test(a) ? a = a.replace(Bt, "-$&").toLowerCase() : o === null && (o = void 0);
					r[a] = o;
				}
			}
			if (n == "select") {
				var u = r.defaultValue == null ? r.multiple && Array.isArray(r.value) ? r.value : null : r.defaultValue;
				u != null && (r.value = D(t.children).forEach(function(e) {
					e.props.selected = r.multiple ? u.indexOf(e.props.value) != -1 : u == e.props.value;
				}));
			}
			t.class && !t.className ? (r.class = t.class, Object.defineProperty(r, "className", Gt)) : t.className && (r.class = r.className = t.className), e.props = r;
		})(e);
		else if (typeof e.type == "function" && ("ref" in e.props && "prototype" in e.type && e.type.prototype.render && (e.ref = e.props.ref, delete e.props.ref), e.type.defaultProps)) {
			var t = At({}, e.props);
			for (var n in e.type.defaultProps) t[n] === void 0 && (t[n] = e.type.defaultProps[n]);
			e.props = t;
		}
		e.ref && !("ref" in e.props) && Object.defineProperty(e.props, "ref", {
			value: e.ref,
			configurable: !0,
			writable: !0
		}), e.$$typeof = Rt, Kt && Kt(e);
	}, qt = /* @__PURE__ */ ht(function(e) {
		if (e.then) {
			if (e.status == "fulfilled") return e.value;
			throw e.status == "rejected" ? e.reason : (e.status || (e.status = "pending", e.then(function(t) {
				e.status = "fulfilled", e.value = t;
			}, function(t) {
				e.status = "rejected", e.reason = t;
			})), e);
		}
		var t = e.__c, n = Ft.__n[t];
		return n ? (Ft[t] || (Ft[t] = !0, n.sub(Ft)), n.props.value) : e.__;
	}), Jt = { ReactCurrentDispatcher: { current: {
		readContext: qt,
		useCallback: De,
		useContext: Oe,
		useDebugValue: ke,
		useDeferredValue: ct,
		useEffect: H,
		useId: je,
		useImperativeHandle: Ee,
		useInsertionEffect: Pt,
		useLayoutEffect: Te,
		useMemo: W,
		useReducer: we,
		useRef: U,
		useState: V,
		useSyncExternalStore: Ht,
		useTransition: lt
	} } }, Yt = Symbol.for("pv"), Xt = /* @__PURE__ */ vt(), Zt = "19.0.0", Qt = function(e, t) {
		var n, r = B.debounceRendering;
		B.debounceRendering = function(e) {
			n = e;
		};
		try {
			var i = e(t);
			return n && n(), i;
		} finally {
			B.debounceRendering = r;
		}
	}, $t = {
		useState: V,
		useId: je,
		useReducer: we,
		useEffect: H,
		useLayoutEffect: Te,
		useInsertionEffect: Pt,
		useTransition: lt,
		useDeferredValue: ct,
		useSyncExternalStore: Ht,
		useEffectEvent: ut,
		startTransition: st,
		useRef: U,
		useImperativeHandle: Ee,
		useMemo: W,
		useCallback: De,
		useContext: Oe,
		use: qt,
		useDebugValue: ke,
		version: "19.0.0",
		Children: kt,
		render: pt,
		hydrate: mt,
		unmountComponentAtNode: Tt,
		createPortal: dt,
		createElement: p,
		createContext: z,
		createFactory: bt,
		cloneElement: wt,
		createRef: g,
		Fragment: _,
		isValidElement: xt,
		isElement: xt,
		isFragment: St,
		isMemo: Ct,
		findDOMNode: Et,
		Component: v,
		PureComponent: Mt,
		memo: J,
		forwardRef: ot,
		flushSync: Qt,
		unstable_batchedUpdates: Dt,
		StrictMode: _,
		Suspense: Xt,
		lazy: yt,
		__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED: Jt
	};
}));
// node_modules/classcat/index.js
en();
function Y(e) {
	if (typeof e == "string" || typeof e == "number") return "" + e;
	let t = "";
	if (Array.isArray(e)) for (let n = 0, r; n < e.length; n++) (r = Y(e[n])) !== "" && (t += (t && " ") + r);
	else for (let n in e) e[n] && (t += (t && " ") + n);
	return t;
}
// node_modules/d3-dispatch/dist/d3-dispatch.mjs
var tn = { value: () => {} };
function nn() {
	for (var e = 0, t = arguments.length, n = {}, r; e < t; ++e) {
		if (!(r = arguments[e] + "") || r in n || /[\s.]/.test(r)) throw Error("illegal type: " + r);
		n[r] = [];
	}
	return new rn(n);
}
function rn(e) {
	this._ = e;
}
function an(e, t) {
	return e.trim().split(/^|\s+/).map(function(e) {
		var n = "", r = e.indexOf(".");
		if (r >= 0 && (n = e.slice(r + 1), e = e.slice(0, r)), e && !t.hasOwnProperty(e)) throw Error("unknown type: " + e);
		return {
			type: e,
			name: n
		};
	});
}
rn.prototype = nn.prototype = {
	constructor: rn,
	on: function(e, t) {
		var n = this._, r = an(e + "", n), i, a = -1, o = r.length;
		if (arguments.length < 2) {
			for (; ++a < o;) if ((i = (e = r[a]).type) && (i = on(n[i], e.name))) return i;
		} else {
			if (t != null && typeof t != "function") throw Error("invalid callback: " + t);
			for (; ++a < o;) if (i = (e = r[a]).type) n[i] = sn(n[i], e.name, t);
			else if (t == null) for (i in n) n[i] = sn(n[i], e.name, null);
			return this;
		}
	},
	copy: function() {
		var e = {}, t = this._;
		for (var n in t) e[n] = t[n].slice();
		return new rn(e);
	},
	call: function(e, t) {
		if ((i = arguments.length - 2) > 0) for (var n = Array(i), r = 0, i, a; r < i; ++r) n[r] = arguments[r + 2];
		if (!this._.hasOwnProperty(e)) throw Error("unknown type: " + e);
		for (a = this._[e], r = 0, i = a.length; r < i; ++r) a[r].value.apply(t, n);
	},
	apply: function(e, t, n) {
		if (!this._.hasOwnProperty(e)) throw Error("unknown type: " + e);
		for (var r = this._[e], i = 0, a = r.length; i < a; ++i) r[i].value.apply(t, n);
	}
};
function on(e, t) {
	for (var n = 0, r = e.length, i; n < r; ++n) if ((i = e[n]).name === t) return i.value;
}
function sn(e, t, n) {
	for (var r = 0, i = e.length; r < i; ++r) if (e[r].name === t) {
		e[r] = tn, e = e.slice(0, r).concat(e.slice(r + 1));
		break;
	}
	return n != null && e.push({
		name: t,
		value: n
	}), e;
}
// node_modules/d3-selection/dist/d3-selection.mjs
var cn = "http://www.w3.org/1999/xhtml", ln = {
	svg: "http://www.w3.org/2000/svg",
	xhtml: cn,
	xlink: "http://www.w3.org/1999/xlink",
	xml: "http://www.w3.org/XML/1998/namespace",
	xmlns: "http://www.w3.org/2000/xmlns/"
};
function un(e) {
	var t = e += "", n = t.indexOf(":");
	return n >= 0 && (t = e.slice(0, n)) !== "xmlns" && (e = e.slice(n + 1)), ln.hasOwnProperty(t) ? {
		space: ln[t],
		local: e
	} : e;
}
function dn(e) {
	return function() {
		var t = this.ownerDocument, n = this.namespaceURI;
		return n === cn && t.documentElement.namespaceURI === cn ? t.createElement(e) : t.createElementNS(n, e);
	};
}
function fn(e) {
	return function() {
		return this.ownerDocument.createElementNS(e.space, e.local);
	};
}
function pn(e) {
	var t = un(e);
	return (t.local ? fn : dn)(t);
}
function mn() {}
function hn(e) {
	return e == null ? mn : function() {
		return this.querySelector(e);
	};
}
function gn(e) {
	typeof e != "function" && (e = hn(e));
	for (var t = this._groups, n = t.length, r = Array(n), i = 0; i < n; ++i) for (var a = t[i], o = a.length, s = r[i] = Array(o), c, l, u = 0; u < o; ++u) (c = a[u]) && (l = e.call(c, c.__data__, u, a)) && ("__data__" in c && (l.__data__ = c.__data__), s[u] = l);
	return new ii(r, this._parents);
}
function _n(e) {
	return e == null ? [] : Array.isArray(e) ? e : Array.from(e);
}
function vn() {
	return [];
}
function yn(e) {
	return e == null ? vn : function() {
		return this.querySelectorAll(e);
	};
}
function bn(e) {
	return function() {
		return _n(e.apply(this, arguments));
	};
}
function xn(e) {
	e = typeof e == "function" ? bn(e) : yn(e);
	for (var t = this._groups, n = t.length, r = [], i = [], a = 0; a < n; ++a) for (var o = t[a], s = o.length, c, l = 0; l < s; ++l) (c = o[l]) && (r.push(e.call(c, c.__data__, l, o)), i.push(c));
	return new ii(r, i);
}
function Sn(e) {
	return function() {
		return this.matches(e);
	};
}
function Cn(e) {
	return function(t) {
		return t.matches(e);
	};
}
var wn = Array.prototype.find;
function Tn(e) {
	return function() {
		return wn.call(this.children, e);
	};
}
function En() {
	return this.firstElementChild;
}
function Dn(e) {
	return this.select(e == null ? En : Tn(typeof e == "function" ? e : Cn(e)));
}
var On = Array.prototype.filter;
function kn() {
	return Array.from(this.children);
}
function An(e) {
	return function() {
		return On.call(this.children, e);
	};
}
function jn(e) {
	return this.selectAll(e == null ? kn : An(typeof e == "function" ? e : Cn(e)));
}
function Mn(e) {
	typeof e != "function" && (e = Sn(e));
	for (var t = this._groups, n = t.length, r = Array(n), i = 0; i < n; ++i) for (var a = t[i], o = a.length, s = r[i] = [], c, l = 0; l < o; ++l) (c = a[l]) && e.call(c, c.__data__, l, a) && s.push(c);
	return new ii(r, this._parents);
}
function Nn(e) {
	return Array(e.length);
}
function Pn() {
	return new ii(this._enter || this._groups.map(Nn), this._parents);
}
function Fn(e, t) {
	this.ownerDocument = e.ownerDocument, this.namespaceURI = e.namespaceURI, this._next = null, this._parent = e, this.__data__ = t;
}
Fn.prototype = {
	constructor: Fn,
	appendChild: function(e) {
		return this._parent.insertBefore(e, this._next);
	},
	insertBefore: function(e, t) {
		return this._parent.insertBefore(e, t);
	},
	querySelector: function(e) {
		return this._parent.querySelector(e);
	},
	querySelectorAll: function(e) {
		return this._parent.querySelectorAll(e);
	}
};
function In(e) {
	return function() {
		return e;
	};
}
function Ln(e, t, n, r, i, a) {
	for (var o = 0, s, c = t.length, l = a.length; o < l; ++o) (s = t[o]) ? (s.__data__ = a[o], r[o] = s) : n[o] = new Fn(e, a[o]);
	for (; o < c; ++o) (s = t[o]) && (i[o] = s);
}
function Rn(e, t, n, r, i, a, o) {
	var s, c, l = /* @__PURE__ */ new Map(), u = t.length, d = a.length, f = Array(u), p;
	for (s = 0; s < u; ++s) (c = t[s]) && (f[s] = p = o.call(c, c.__data__, s, t) + "", l.has(p) ? i[s] = c : l.set(p, c));
	for (s = 0; s < d; ++s) p = o.call(e, a[s], s, a) + "", (c = l.get(p)) ? (r[s] = c, c.__data__ = a[s], l.delete(p)) : n[s] = new Fn(e, a[s]);
	for (s = 0; s < u; ++s) (c = t[s]) && l.get(f[s]) === c && (i[s] = c);
}
function zn(e) {
	return e.__data__;
}
function Bn(e, t) {
	if (!arguments.length) return Array.from(this, zn);
	var n = t ? Rn : Ln, r = this._parents, i = this._groups;
	typeof e != "function" && (e = In(e));
	for (var a = i.length, o = Array(a), s = Array(a), c = Array(a), l = 0; l < a; ++l) {
		var u = r[l], d = i[l], f = d.length, p = Vn(e.call(u, u && u.__data__, l, r)), m = p.length, h = s[l] = Array(m), g = o[l] = Array(m);
		n(u, d, h, g, c[l] = Array(f), p, t);
		for (var _ = 0, v = 0, y, b; _ < m; ++_) if (y = h[_]) {
			for (_ >= v && (v = _ + 1); !(b = g[v]) && ++v < m;);
			y._next = b || null;
		}
	}
	return o = new ii(o, r), o._enter = s, o._exit = c, o;
}
function Vn(e) {
	return typeof e == "object" && "length" in e ? e : Array.from(e);
}
function Hn() {
	return new ii(this._exit || this._groups.map(Nn), this._parents);
}
function Un(e, t, n) {
	var r = this.enter(), i = this, a = this.exit();
	return typeof e == "function" ? (r = e(r), r &&= r.selection()) : r = r.append(e + ""), t != null && (i = t(i), i &&= i.selection()), n == null ? a.remove() : n(a), r && i ? r.merge(i).order() : i;
}
function Wn(e) {
	for (var t = e.selection ? e.selection() : e, n = this._groups, r = t._groups, i = n.length, a = r.length, o = Math.min(i, a), s = Array(i), c = 0; c < o; ++c) for (var l = n[c], u = r[c], d = l.length, f = s[c] = Array(d), p, m = 0; m < d; ++m) (p = l[m] || u[m]) && (f[m] = p);
	for (; c < i; ++c) s[c] = n[c];
	return new ii(s, this._parents);
}
function Gn() {
	for (var e = this._groups, t = -1, n = e.length; ++t < n;) for (var r = e[t], i = r.length - 1, a = r[i], o; --i >= 0;) (o = r[i]) && (a && o.compareDocumentPosition(a) ^ 4 && a.parentNode.insertBefore(o, a), a = o);
	return this;
}
function Kn(e) {
	e ||= qn;
	function t(t, n) {
		return t && n ? e(t.__data__, n.__data__) : !t - !n;
	}
	for (var n = this._groups, r = n.length, i = Array(r), a = 0; a < r; ++a) {
		for (var o = n[a], s = o.length, c = i[a] = Array(s), l, u = 0; u < s; ++u) (l = o[u]) && (c[u] = l);
		c.sort(t);
	}
	return new ii(i, this._parents).order();
}
function qn(e, t) {
	return e < t ? -1 : e > t ? 1 : e >= t ? 0 : NaN;
}
function Jn() {
	var e = arguments[0];
	return arguments[0] = this, e.apply(null, arguments), this;
}
function Yn() {
	return Array.from(this);
}
function Xn() {
	for (var e = this._groups, t = 0, n = e.length; t < n; ++t) for (var r = e[t], i = 0, a = r.length; i < a; ++i) {
		var o = r[i];
		if (o) return o;
	}
	return null;
}
function Zn() {
	let e = 0;
	for (let t of this) ++e;
	return e;
}
function Qn() {
	return !this.node();
}
function $n(e) {
	for (var t = this._groups, n = 0, r = t.length; n < r; ++n) for (var i = t[n], a = 0, o = i.length, s; a < o; ++a) (s = i[a]) && e.call(s, s.__data__, a, i);
	return this;
}
function er(e) {
	return function() {
		this.removeAttribute(e);
	};
}
function tr(e) {
	return function() {
		this.removeAttributeNS(e.space, e.local);
	};
}
function nr(e, t) {
	return function() {
		this.setAttribute(e, t);
	};
}
function rr(e, t) {
	return function() {
		this.setAttributeNS(e.space, e.local, t);
	};
}
function ir(e, t) {
	return function() {
		var n = t.apply(this, arguments);
		n == null ? this.removeAttribute(e) : this.setAttribute(e, n);
	};
}
function ar(e, t) {
	return function() {
		var n = t.apply(this, arguments);
		n == null ? this.removeAttributeNS(e.space, e.local) : this.setAttributeNS(e.space, e.local, n);
	};
}
function or(e, t) {
	var n = un(e);
	if (arguments.length < 2) {
		var r = this.node();
		return n.local ? r.getAttributeNS(n.space, n.local) : r.getAttribute(n);
	}
	return this.each((t == null ? n.local ? tr : er : typeof t == "function" ? n.local ? ar : ir : n.local ? rr : nr)(n, t));
}
function sr(e) {
	return e.ownerDocument && e.ownerDocument.defaultView || e.document && e || e.defaultView;
}
function cr(e) {
	return function() {
		this.style.removeProperty(e);
	};
}
function lr(e, t, n) {
	return function() {
		this.style.setProperty(e, t, n);
	};
}
function ur(e, t, n) {
	return function() {
		var r = t.apply(this, arguments);
		r == null ? this.style.removeProperty(e) : this.style.setProperty(e, r, n);
	};
}
function dr(e, t, n) {
	return arguments.length > 1 ? this.each((t == null ? cr : typeof t == "function" ? ur : lr)(e, t, n ?? "")) : fr(this.node(), e);
}
function fr(e, t) {
	return e.style.getPropertyValue(t) || sr(e).getComputedStyle(e, null).getPropertyValue(t);
}
function pr(e) {
	return function() {
		delete this[e];
	};
}
function mr(e, t) {
	return function() {
		this[e] = t;
	};
}
function hr(e, t) {
	return function() {
		var n = t.apply(this, arguments);
		n == null ? delete this[e] : this[e] = n;
	};
}
function gr(e, t) {
	return arguments.length > 1 ? this.each((t == null ? pr : typeof t == "function" ? hr : mr)(e, t)) : this.node()[e];
}
function _r(e) {
	return e.trim().split(/^|\s+/);
}
function vr(e) {
	return e.classList || new yr(e);
}
function yr(e) {
	this._node = e, this._names = _r(e.getAttribute("class") || "");
}
yr.prototype = {
	add: function(e) {
		this._names.indexOf(e) < 0 && (this._names.push(e), this._node.setAttribute("class", this._names.join(" ")));
	},
	remove: function(e) {
		var t = this._names.indexOf(e);
		t >= 0 && (this._names.splice(t, 1), this._node.setAttribute("class", this._names.join(" ")));
	},
	contains: function(e) {
		return this._names.indexOf(e) >= 0;
	}
};
function br(e, t) {
	for (var n = vr(e), r = -1, i = t.length; ++r < i;) n.add(t[r]);
}
function xr(e, t) {
	for (var n = vr(e), r = -1, i = t.length; ++r < i;) n.remove(t[r]);
}
function Sr(e) {
	return function() {
		br(this, e);
	};
}
function Cr(e) {
	return function() {
		xr(this, e);
	};
}
function wr(e, t) {
	return function() {
		(t.apply(this, arguments) ? br : xr)(this, e);
	};
}
function Tr(e, t) {
	var n = _r(e + "");
	if (arguments.length < 2) {
		for (var r = vr(this.node()), i = -1, a = n.length; ++i < a;) if (!r.contains(n[i])) return !1;
		return !0;
	}
	return this.each((typeof t == "function" ? wr : t ? Sr : Cr)(n, t));
}
function Er() {
	this.textContent = "";
}
function Dr(e) {
	return function() {
		this.textContent = e;
	};
}
function Or(e) {
	return function() {
		var t = e.apply(this, arguments);
		this.textContent = t ?? "";
	};
}
function kr(e) {
	return arguments.length ? this.each(e == null ? Er : (typeof e == "function" ? Or : Dr)(e)) : this.node().textContent;
}
function Ar() {
	this.innerHTML = "";
}
function jr(e) {
	return function() {
		this.innerHTML = e;
	};
}
function Mr(e) {
	return function() {
		var t = e.apply(this, arguments);
		this.innerHTML = t ?? "";
	};
}
function Nr(e) {
	return arguments.length ? this.each(e == null ? Ar : (typeof e == "function" ? Mr : jr)(e)) : this.node().innerHTML;
}
function Pr() {
	this.nextSibling && this.parentNode.appendChild(this);
}
function Fr() {
	return this.each(Pr);
}
function Ir() {
	this.previousSibling && this.parentNode.insertBefore(this, this.parentNode.firstChild);
}
function Lr() {
	return this.each(Ir);
}
function Rr(e) {
	var t = typeof e == "function" ? e : pn(e);
	return this.select(function() {
		return this.appendChild(t.apply(this, arguments));
	});
}
function zr() {
	return null;
}
function Br(e, t) {
	var n = typeof e == "function" ? e : pn(e), r = t == null ? zr : typeof t == "function" ? t : hn(t);
	return this.select(function() {
		return this.insertBefore(n.apply(this, arguments), r.apply(this, arguments) || null);
	});
}
function Vr() {
	var e = this.parentNode;
	e && e.removeChild(this);
}
function Hr() {
	return this.each(Vr);
}
function Ur() {
	var e = this.cloneNode(!1), t = this.parentNode;
	return t ? t.insertBefore(e, this.nextSibling) : e;
}
function Wr() {
	var e = this.cloneNode(!0), t = this.parentNode;
	return t ? t.insertBefore(e, this.nextSibling) : e;
}
function Gr(e) {
	return this.select(e ? Wr : Ur);
}
function Kr(e) {
	return arguments.length ? this.property("__data__", e) : this.node().__data__;
}
function qr(e) {
	return function(t) {
		e.call(this, t, this.__data__);
	};
}
function Jr(e) {
	return e.trim().split(/^|\s+/).map(function(e) {
		var t = "", n = e.indexOf(".");
		return n >= 0 && (t = e.slice(n + 1), e = e.slice(0, n)), {
			type: e,
			name: t
		};
	});
}
function Yr(e) {
	return function() {
		var t = this.__on;
		if (t) {
			for (var n = 0, r = -1, i = t.length, a; n < i; ++n) a = t[n], (!e.type || a.type === e.type) && a.name === e.name ? this.removeEventListener(a.type, a.listener, a.options) : t[++r] = a;
			++r ? t.length = r : delete this.__on;
		}
	};
}
function Xr(e, t, n) {
	return function() {
		var r = this.__on, i, a = qr(t);
		if (r) {
			for (var o = 0, s = r.length; o < s; ++o) if ((i = r[o]).type === e.type && i.name === e.name) {
				this.removeEventListener(i.type, i.listener, i.options), this.addEventListener(i.type, i.listener = a, i.options = n), i.value = t;
				return;
			}
		}
		this.addEventListener(e.type, a, n), i = {
			type: e.type,
			name: e.name,
			value: t,
			listener: a,
			options: n
		}, r ? r.push(i) : this.__on = [i];
	};
}
function Zr(e, t, n) {
	var r = Jr(e + ""), i, a = r.length, o;
	if (arguments.length < 2) {
		var s = this.node().__on;
		if (s) {
			for (var c = 0, l = s.length, u; c < l; ++c) for (i = 0, u = s[c]; i < a; ++i) if ((o = r[i]).type === u.type && o.name === u.name) return u.value;
		}
	} else {
		for (s = t ? Xr : Yr, i = 0; i < a; ++i) this.each(s(r[i], t, n));
		return this;
	}
}
function Qr(e, t, n) {
	var r = sr(e), i = r.CustomEvent;
	typeof i == "function" ? i = new i(t, n) : (i = r.document.createEvent("Event"), n ? (i.initEvent(t, n.bubbles, n.cancelable), i.detail = n.detail) : i.initEvent(t, !1, !1)), e.dispatchEvent(i);
}
function $r(e, t) {
	return function() {
		return Qr(this, e, t);
	};
}
function ei(e, t) {
	return function() {
		return Qr(this, e, t.apply(this, arguments));
	};
}
function ti(e, t) {
	return this.each((typeof t == "function" ? ei : $r)(e, t));
}
function* ni() {
	for (var e = this._groups, t = 0, n = e.length; t < n; ++t) for (var r = e[t], i = 0, a = r.length, o; i < a; ++i) (o = r[i]) && (yield o);
}
var ri = [null];
function ii(e, t) {
	this._groups = e, this._parents = t;
}
function ai() {
	return new ii([[document.documentElement]], ri);
}
function oi() {
	return this;
}
ii.prototype = ai.prototype = {
	constructor: ii,
	select: gn,
	selectAll: xn,
	selectChild: Dn,
	selectChildren: jn,
	filter: Mn,
	data: Bn,
	enter: Pn,
	exit: Hn,
	join: Un,
	merge: Wn,
	selection: oi,
	order: Gn,
	sort: Kn,
	call: Jn,
	nodes: Yn,
	node: Xn,
	size: Zn,
	empty: Qn,
	each: $n,
	attr: or,
	style: dr,
	property: gr,
	classed: Tr,
	text: kr,
	html: Nr,
	raise: Fr,
	lower: Lr,
	append: Rr,
	insert: Br,
	remove: Hr,
	clone: Gr,
	datum: Kr,
	on: Zr,
	dispatch: ti,
	[Symbol.iterator]: ni
};
function si(e) {
	return typeof e == "string" ? new ii([[document.querySelector(e)]], [document.documentElement]) : new ii([[e]], ri);
}
var ci = 0;
function li() {
	return new ui();
}
function ui() {
	this._ = "@" + (++ci).toString(36);
}
ui.prototype = li.prototype = {
	constructor: ui,
	get: function(e) {
		for (var t = this._; !(t in e);) if (!(e = e.parentNode)) return;
		return e[t];
	},
	set: function(e, t) {
		return e[this._] = t;
	},
	remove: function(e) {
		return this._ in e && delete e[this._];
	},
	toString: function() {
		return this._;
	}
};
function di(e) {
	let t;
	for (; t = e.sourceEvent;) e = t;
	return e;
}
function fi(e, t) {
	if (e = di(e), t === void 0 && (t = e.currentTarget), t) {
		var n = t.ownerSVGElement || t;
		if (n.createSVGPoint) {
			var r = n.createSVGPoint();
			return r.x = e.clientX, r.y = e.clientY, r = r.matrixTransform(t.getScreenCTM().inverse()), [r.x, r.y];
		}
		if (t.getBoundingClientRect) {
			var i = t.getBoundingClientRect();
			return [e.clientX - i.left - t.clientLeft, e.clientY - i.top - t.clientTop];
		}
	}
	return [e.pageX, e.pageY];
}
// node_modules/d3-drag/dist/d3-drag.mjs
var pi = { passive: !1 }, mi = {
	capture: !0,
	passive: !1
};
function hi(e) {
	e.stopImmediatePropagation();
}
function gi(e) {
	e.preventDefault(), e.stopImmediatePropagation();
}
function _i(e) {
	var t = e.document.documentElement, n = si(e).on("dragstart.drag", gi, mi);
	"onselectstart" in t ? n.on("selectstart.drag", gi, mi) : (t.__noselect = t.style.MozUserSelect, t.style.MozUserSelect = "none");
}
function vi(e, t) {
	var n = e.document.documentElement, r = si(e).on("dragstart.drag", null);
	t && (r.on("click.drag", gi, mi), setTimeout(function() {
		r.on("click.drag", null);
	}, 0)), "onselectstart" in n ? r.on("selectstart.drag", null) : (n.style.MozUserSelect = n.__noselect, delete n.__noselect);
}
var yi = (e) => () => e;
function bi(e, { sourceEvent: t, subject: n, target: r, identifier: i, active: a, x: o, y: s, dx: c, dy: l, dispatch: u }) {
	Object.defineProperties(this, {
		type: {
			value: e,
			enumerable: !0,
			configurable: !0
		},
		sourceEvent: {
			value: t,
			enumerable: !0,
			configurable: !0
		},
		subject: {
			value: n,
			enumerable: !0,
			configurable: !0
		},
		target: {
			value: r,
			enumerable: !0,
			configurable: !0
		},
		identifier: {
			value: i,
			enumerable: !0,
			configurable: !0
		},
		active: {
			value: a,
			enumerable: !0,
			configurable: !0
		},
		x: {
			value: o,
			enumerable: !0,
			configurable: !0
		},
		y: {
			value: s,
			enumerable: !0,
			configurable: !0
		},
		dx: {
			value: c,
			enumerable: !0,
			configurable: !0
		},
		dy: {
			value: l,
			enumerable: !0,
			configurable: !0
		},
		_: { value: u }
	});
}
bi.prototype.on = function() {
	var e = this._.on.apply(this._, arguments);
	return e === this._ ? this : e;
};
function xi(e) {
	return !e.ctrlKey && !e.button;
}
function Si() {
	return this.parentNode;
}
function Ci(e, t) {
	return t ?? {
		x: e.x,
		y: e.y
	};
}
function wi() {
	return navigator.maxTouchPoints || "ontouchstart" in this;
}
function Ti() {
	var e = xi, t = Si, n = Ci, r = wi, i = {}, a = nn("start", "drag", "end"), o = 0, s, c, l, u, d = 0;
	function f(e) {
		e.on("mousedown.drag", p).filter(r).on("touchstart.drag", g).on("touchmove.drag", _, pi).on("touchend.drag touchcancel.drag", v).style("touch-action", "none").style("-webkit-tap-highlight-color", "rgba(0,0,0,0)");
	}
	function p(n, r) {
		if (!u && e.call(this, n, r)) {
			var i = y(this, t.call(this, n, r), n, r, "mouse");
			i && (si(n.view).on("mousemove.drag", m, mi).on("mouseup.drag", h, mi), _i(n.view), hi(n), l = !1, s = n.clientX, c = n.clientY, i("start", n));
		}
	}
	function m(e) {
		if (gi(e), !l) {
			var t = e.clientX - s, n = e.clientY - c;
			l = t * t + n * n > d;
		}
		i.mouse("drag", e);
	}
	function h(e) {
		si(e.view).on("mousemove.drag mouseup.drag", null), vi(e.view, l), gi(e), i.mouse("end", e);
	}
	function g(n, r) {
		if (e.call(this, n, r)) for (var i = n.changedTouches, a = t.call(this, n, r), o = i.length, s = 0, c; s < o; ++s) (c = y(this, a, n, r, i[s].identifier, i[s])) && (hi(n), c("start", n, i[s]));
	}
	function _(e) {
		for (var t = e.changedTouches, n = t.length, r = 0, a; r < n; ++r) (a = i[t[r].identifier]) && (gi(e), a("drag", e, t[r]));
	}
	function v(e) {
		var t = e.changedTouches, n = t.length, r, a;
		for (u && clearTimeout(u), u = setTimeout(function() {
			u = null;
		}, 500), r = 0; r < n; ++r) (a = i[t[r].identifier]) && (hi(e), a("end", e, t[r]));
	}
	function y(e, t, r, s, c, l) {
		var u = a.copy(), d = fi(l || r, t), p, m, h;
		if ((h = n.call(e, new bi("beforestart", {
			sourceEvent: r,
			target: f,
			identifier: c,
			active: o,
			x: d[0],
			y: d[1],
			dx: 0,
			dy: 0,
			dispatch: u
		}), s)) != null) return p = h.x - d[0] || 0, m = h.y - d[1] || 0, function n(r, a, l) {
			var g = d, _;
			switch (r) {
				case "start":
					i[c] = n, _ = o++;
					break;
				case "end": delete i[c], --o;
				case "drag": d = fi(l || a, t), _ = o;
			}
			u.call(r, e, new bi(r, {
				sourceEvent: a,
				subject: h,
				target: f,
				identifier: c,
				active: _,
				x: d[0] + p,
				y: d[1] + m,
				dx: d[0] - g[0],
				dy: d[1] - g[1],
				dispatch: u
			}), s);
		};
	}
	return f.filter = function(t) {
		return arguments.length ? (e = typeof t == "function" ? t : yi(!!t), f) : e;
	}, f.container = function(e) {
		return arguments.length ? (t = typeof e == "function" ? e : yi(e), f) : t;
	}, f.subject = function(e) {
		return arguments.length ? (n = typeof e == "function" ? e : yi(e), f) : n;
	}, f.touchable = function(e) {
		return arguments.length ? (r = typeof e == "function" ? e : yi(!!e), f) : r;
	}, f.on = function() {
		var e = a.on.apply(a, arguments);
		return e === a ? f : e;
	}, f.clickDistance = function(e) {
		return arguments.length ? (d = (e = +e) * e, f) : Math.sqrt(d);
	}, f;
}
// node_modules/d3-color/dist/d3-color.mjs
function Ei(e, t, n) {
	e.prototype = t.prototype = n, n.constructor = e;
}
function Di(e, t) {
	var n = Object.create(e.prototype);
	for (var r in t) n[r] = t[r];
	return n;
}
function Oi() {}
var ki = .7, Ai = 1 / ki, ji = "\\s*([+-]?\\d+)\\s*", Mi = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)\\s*", Ni = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)%\\s*", Pi = /^#([0-9a-f]{3,8})$/, Fi = RegExp(`^rgb\\(${ji},${ji},${ji}\\)$`), Ii = RegExp(`^rgb\\(${Ni},${Ni},${Ni}\\)$`), Li = RegExp(`^rgba\\(${ji},${ji},${ji},${Mi}\\)$`), Ri = RegExp(`^rgba\\(${Ni},${Ni},${Ni},${Mi}\\)$`), zi = RegExp(`^hsl\\(${Mi},${Ni},${Ni}\\)$`), Bi = RegExp(`^hsla\\(${Mi},${Ni},${Ni},${Mi}\\)$`), Vi = {
	aliceblue: 0xf0f8ff,
	antiquewhite: 0xfaebd7,
	aqua: 65535,
	aquamarine: 8388564,
	azure: 0xf0ffff,
	beige: 0xf5f5dc,
	bisque: 0xffe4c4,
	black: 0,
	blanchedalmond: 0xffebcd,
	blue: 255,
	blueviolet: 9055202,
	brown: 0xa52a2a,
	burlywood: 0xdeb887,
	cadetblue: 6266528,
	chartreuse: 8388352,
	chocolate: 0xd2691e,
	coral: 0xff7f50,
	cornflowerblue: 6591981,
	cornsilk: 0xfff8dc,
	crimson: 0xdc143c,
	cyan: 65535,
	darkblue: 139,
	darkcyan: 35723,
	darkgoldenrod: 0xb8860b,
	darkgray: 0xa9a9a9,
	darkgreen: 25600,
	darkgrey: 0xa9a9a9,
	darkkhaki: 0xbdb76b,
	darkmagenta: 9109643,
	darkolivegreen: 5597999,
	darkorange: 0xff8c00,
	darkorchid: 0x9932cc,
	darkred: 9109504,
	darksalmon: 0xe9967a,
	darkseagreen: 9419919,
	darkslateblue: 4734347,
	darkslategray: 3100495,
	darkslategrey: 3100495,
	darkturquoise: 52945,
	darkviolet: 9699539,
	deeppink: 0xff1493,
	deepskyblue: 49151,
	dimgray: 6908265,
	dimgrey: 6908265,
	dodgerblue: 2003199,
	firebrick: 0xb22222,
	floralwhite: 0xfffaf0,
	forestgreen: 2263842,
	fuchsia: 0xff00ff,
	gainsboro: 0xdcdcdc,
	ghostwhite: 0xf8f8ff,
	gold: 0xffd700,
	goldenrod: 0xdaa520,
	gray: 8421504,
	green: 32768,
	greenyellow: 0xadff2f,
	grey: 8421504,
	honeydew: 0xf0fff0,
	hotpink: 0xff69b4,
	indianred: 0xcd5c5c,
	indigo: 4915330,
	ivory: 0xfffff0,
	khaki: 0xf0e68c,
	lavender: 0xe6e6fa,
	lavenderblush: 0xfff0f5,
	lawngreen: 8190976,
	lemonchiffon: 0xfffacd,
	lightblue: 0xadd8e6,
	lightcoral: 0xf08080,
	lightcyan: 0xe0ffff,
	lightgoldenrodyellow: 0xfafad2,
	lightgray: 0xd3d3d3,
	lightgreen: 9498256,
	lightgrey: 0xd3d3d3,
	lightpink: 0xffb6c1,
	lightsalmon: 0xffa07a,
	lightseagreen: 2142890,
	lightskyblue: 8900346,
	lightslategray: 7833753,
	lightslategrey: 7833753,
	lightsteelblue: 0xb0c4de,
	lightyellow: 0xffffe0,
	lime: 65280,
	limegreen: 3329330,
	linen: 0xfaf0e6,
	magenta: 0xff00ff,
	maroon: 8388608,
	mediumaquamarine: 6737322,
	mediumblue: 205,
	mediumorchid: 0xba55d3,
	mediumpurple: 9662683,
	mediumseagreen: 3978097,
	mediumslateblue: 8087790,
	mediumspringgreen: 64154,
	mediumturquoise: 4772300,
	mediumvioletred: 0xc71585,
	midnightblue: 1644912,
	mintcream: 0xf5fffa,
	mistyrose: 0xffe4e1,
	moccasin: 0xffe4b5,
	navajowhite: 0xffdead,
	navy: 128,
	oldlace: 0xfdf5e6,
	olive: 8421376,
	olivedrab: 7048739,
	orange: 0xffa500,
	orangered: 0xff4500,
	orchid: 0xda70d6,
	palegoldenrod: 0xeee8aa,
	palegreen: 0x98fb98,
	paleturquoise: 0xafeeee,
	palevioletred: 0xdb7093,
	papayawhip: 0xffefd5,
	peachpuff: 0xffdab9,
	peru: 0xcd853f,
	pink: 0xffc0cb,
	plum: 0xdda0dd,
	powderblue: 0xb0e0e6,
	purple: 8388736,
	rebeccapurple: 6697881,
	red: 0xff0000,
	rosybrown: 0xbc8f8f,
	royalblue: 4286945,
	saddlebrown: 9127187,
	salmon: 0xfa8072,
	sandybrown: 0xf4a460,
	seagreen: 3050327,
	seashell: 0xfff5ee,
	sienna: 0xa0522d,
	silver: 0xc0c0c0,
	skyblue: 8900331,
	slateblue: 6970061,
	slategray: 7372944,
	slategrey: 7372944,
	snow: 0xfffafa,
	springgreen: 65407,
	steelblue: 4620980,
	tan: 0xd2b48c,
	teal: 32896,
	thistle: 0xd8bfd8,
	tomato: 0xff6347,
	turquoise: 4251856,
	violet: 0xee82ee,
	wheat: 0xf5deb3,
	white: 0xffffff,
	whitesmoke: 0xf5f5f5,
	yellow: 0xffff00,
	yellowgreen: 0x9acd32
};
Ei(Oi, Ki, {
	copy(e) {
		return Object.assign(new this.constructor(), this, e);
	},
	displayable() {
		return this.rgb().displayable();
	},
	hex: Hi,
	formatHex: Hi,
	formatHex8: Ui,
	formatHsl: Wi,
	formatRgb: Gi,
	toString: Gi
});
function Hi() {
	return this.rgb().formatHex();
}
function Ui() {
	return this.rgb().formatHex8();
}
function Wi() {
	return aa(this).formatHsl();
}
function Gi() {
	return this.rgb().formatRgb();
}
function Ki(e) {
	var t, n;
	return e = (e + "").trim().toLowerCase(), (t = Pi.exec(e)) ? (n = t[1].length, t = parseInt(t[1], 16), n === 6 ? qi(t) : n === 3 ? new Zi(t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, (t & 15) << 4 | t & 15, 1) : n === 8 ? Ji(t >> 24 & 255, t >> 16 & 255, t >> 8 & 255, (t & 255) / 255) : n === 4 ? Ji(t >> 12 & 15 | t >> 8 & 240, t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, ((t & 15) << 4 | t & 15) / 255) : null) : (t = Fi.exec(e)) ? new Zi(t[1], t[2], t[3], 1) : (t = Ii.exec(e)) ? new Zi(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, 1) : (t = Li.exec(e)) ? Ji(t[1], t[2], t[3], t[4]) : (t = Ri.exec(e)) ? Ji(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, t[4]) : (t = zi.exec(e)) ? ia(t[1], t[2] / 100, t[3] / 100, 1) : (t = Bi.exec(e)) ? ia(t[1], t[2] / 100, t[3] / 100, t[4]) : Vi.hasOwnProperty(e) ? qi(Vi[e]) : e === "transparent" ? new Zi(NaN, NaN, NaN, 0) : null;
}
function qi(e) {
	return new Zi(e >> 16 & 255, e >> 8 & 255, e & 255, 1);
}
function Ji(e, t, n, r) {
	return r <= 0 && (e = t = n = NaN), new Zi(e, t, n, r);
}
function Yi(e) {
	return e instanceof Oi || (e = Ki(e)), e ? (e = e.rgb(), new Zi(e.r, e.g, e.b, e.opacity)) : new Zi();
}
function Xi(e, t, n, r) {
	return arguments.length === 1 ? Yi(e) : new Zi(e, t, n, r ?? 1);
}
function Zi(e, t, n, r) {
	this.r = +e, this.g = +t, this.b = +n, this.opacity = +r;
}
Ei(Zi, Xi, Di(Oi, {
	brighter(e) {
		return e = e == null ? Ai : Ai ** +e, new Zi(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? ki : ki ** +e, new Zi(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	rgb() {
		return this;
	},
	clamp() {
		return new Zi(na(this.r), na(this.g), na(this.b), ta(this.opacity));
	},
	displayable() {
		return -.5 <= this.r && this.r < 255.5 && -.5 <= this.g && this.g < 255.5 && -.5 <= this.b && this.b < 255.5 && 0 <= this.opacity && this.opacity <= 1;
	},
	hex: Qi,
	formatHex: Qi,
	formatHex8: $i,
	formatRgb: ea,
	toString: ea
}));
function Qi() {
	return `#${ra(this.r)}${ra(this.g)}${ra(this.b)}`;
}
function $i() {
	return `#${ra(this.r)}${ra(this.g)}${ra(this.b)}${ra((isNaN(this.opacity) ? 1 : this.opacity) * 255)}`;
}
function ea() {
	let e = ta(this.opacity);
	return `${e === 1 ? "rgb(" : "rgba("}${na(this.r)}, ${na(this.g)}, ${na(this.b)}${e === 1 ? ")" : `, ${e})`}`;
}
function ta(e) {
	return isNaN(e) ? 1 : Math.max(0, Math.min(1, e));
}
function na(e) {
	return Math.max(0, Math.min(255, Math.round(e) || 0));
}
function ra(e) {
	return e = na(e), (e < 16 ? "0" : "") + e.toString(16);
}
function ia(e, t, n, r) {
	return r <= 0 ? e = t = n = NaN : n <= 0 || n >= 1 ? e = t = NaN : t <= 0 && (e = NaN), new sa(e, t, n, r);
}
function aa(e) {
	if (e instanceof sa) return new sa(e.h, e.s, e.l, e.opacity);
	if (e instanceof Oi || (e = Ki(e)), !e) return new sa();
	if (e instanceof sa) return e;
	e = e.rgb();
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = Math.min(t, n, r), a = Math.max(t, n, r), o = NaN, s = a - i, c = (a + i) / 2;
	return s ? (o = t === a ? (n - r) / s + (n < r) * 6 : n === a ? (r - t) / s + 2 : (t - n) / s + 4, s /= c < .5 ? a + i : 2 - a - i, o *= 60) : s = c > 0 && c < 1 ? 0 : o, new sa(o, s, c, e.opacity);
}
function oa(e, t, n, r) {
	return arguments.length === 1 ? aa(e) : new sa(e, t, n, r ?? 1);
}
function sa(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
Ei(sa, oa, Di(Oi, {
	brighter(e) {
		return e = e == null ? Ai : Ai ** +e, new sa(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? ki : ki ** +e, new sa(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = this.h % 360 + (this.h < 0) * 360, t = isNaN(e) || isNaN(this.s) ? 0 : this.s, n = this.l, r = n + (n < .5 ? n : 1 - n) * t, i = 2 * n - r;
		return new Zi(ua(e >= 240 ? e - 240 : e + 120, i, r), ua(e, i, r), ua(e < 120 ? e + 240 : e - 120, i, r), this.opacity);
	},
	clamp() {
		return new sa(ca(this.h), la(this.s), la(this.l), ta(this.opacity));
	},
	displayable() {
		return (0 <= this.s && this.s <= 1 || isNaN(this.s)) && 0 <= this.l && this.l <= 1 && 0 <= this.opacity && this.opacity <= 1;
	},
	formatHsl() {
		let e = ta(this.opacity);
		return `${e === 1 ? "hsl(" : "hsla("}${ca(this.h)}, ${la(this.s) * 100}%, ${la(this.l) * 100}%${e === 1 ? ")" : `, ${e})`}`;
	}
}));
function ca(e) {
	return e = (e || 0) % 360, e < 0 ? e + 360 : e;
}
function la(e) {
	return Math.max(0, Math.min(1, e || 0));
}
function ua(e, t, n) {
	return (e < 60 ? t + (n - t) * e / 60 : e < 180 ? n : e < 240 ? t + (n - t) * (240 - e) / 60 : t) * 255;
}
var da = Math.PI / 180, fa = 180 / Math.PI, pa = 18, ma = .96422, ha = 1, ga = .82521, _a = 4 / 29, va = 6 / 29, ya = 3 * va * va, ba = va * va * va;
function xa(e) {
	if (e instanceof Ca) return new Ca(e.l, e.a, e.b, e.opacity);
	if (e instanceof Aa) return ja(e);
	e instanceof Zi || (e = Yi(e));
	var t = Da(e.r), n = Da(e.g), r = Da(e.b), i = wa((.2225045 * t + .7168786 * n + .0606169 * r) / ha), a, o;
	return t === n && n === r ? a = o = i : (a = wa((.4360747 * t + .3850649 * n + .1430804 * r) / ma), o = wa((.0139322 * t + .0971045 * n + .7141733 * r) / ga)), new Ca(116 * i - 16, 500 * (a - i), 200 * (i - o), e.opacity);
}
function Sa(e, t, n, r) {
	return arguments.length === 1 ? xa(e) : new Ca(e, t, n, r ?? 1);
}
function Ca(e, t, n, r) {
	this.l = +e, this.a = +t, this.b = +n, this.opacity = +r;
}
Ei(Ca, Sa, Di(Oi, {
	brighter(e) {
		return new Ca(this.l + pa * (e ?? 1), this.a, this.b, this.opacity);
	},
	darker(e) {
		return new Ca(this.l - pa * (e ?? 1), this.a, this.b, this.opacity);
	},
	rgb() {
		var e = (this.l + 16) / 116, t = isNaN(this.a) ? e : e + this.a / 500, n = isNaN(this.b) ? e : e - this.b / 200;
		return t = ma * Ta(t), e = ha * Ta(e), n = ga * Ta(n), new Zi(Ea(3.1338561 * t - 1.6168667 * e - .4906146 * n), Ea(-.9787684 * t + 1.9161415 * e + .033454 * n), Ea(.0719453 * t - .2289914 * e + 1.4052427 * n), this.opacity);
	}
}));
function wa(e) {
	return e > ba ? e ** (1 / 3) : e / ya + _a;
}
function Ta(e) {
	return e > va ? e * e * e : ya * (e - _a);
}
function Ea(e) {
	return 255 * (e <= .0031308 ? 12.92 * e : 1.055 * e ** (1 / 2.4) - .055);
}
function Da(e) {
	return (e /= 255) <= .04045 ? e / 12.92 : ((e + .055) / 1.055) ** 2.4;
}
function Oa(e) {
	if (e instanceof Aa) return new Aa(e.h, e.c, e.l, e.opacity);
	if (e instanceof Ca || (e = xa(e)), e.a === 0 && e.b === 0) return new Aa(NaN, 0 < e.l && e.l < 100 ? 0 : NaN, e.l, e.opacity);
	var t = Math.atan2(e.b, e.a) * fa;
	return new Aa(t < 0 ? t + 360 : t, Math.sqrt(e.a * e.a + e.b * e.b), e.l, e.opacity);
}
function ka(e, t, n, r) {
	return arguments.length === 1 ? Oa(e) : new Aa(e, t, n, r ?? 1);
}
function Aa(e, t, n, r) {
	this.h = +e, this.c = +t, this.l = +n, this.opacity = +r;
}
function ja(e) {
	if (isNaN(e.h)) return new Ca(e.l, 0, 0, e.opacity);
	var t = e.h * da;
	return new Ca(e.l, Math.cos(t) * e.c, Math.sin(t) * e.c, e.opacity);
}
Ei(Aa, ka, Di(Oi, {
	brighter(e) {
		return new Aa(this.h, this.c, this.l + pa * (e ?? 1), this.opacity);
	},
	darker(e) {
		return new Aa(this.h, this.c, this.l - pa * (e ?? 1), this.opacity);
	},
	rgb() {
		return ja(this).rgb();
	}
}));
var Ma = -.14861, Na = 1.78277, Pa = -.29227, Fa = -.90649, Ia = 1.97294, La = Ia * Fa, Ra = Ia * Na, za = Na * Pa - Fa * Ma;
function Ba(e) {
	if (e instanceof Ha) return new Ha(e.h, e.s, e.l, e.opacity);
	e instanceof Zi || (e = Yi(e));
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = (za * r + La * t - Ra * n) / (za + La - Ra), a = r - i, o = (Ia * (n - i) - Pa * a) / Fa, s = Math.sqrt(o * o + a * a) / (Ia * i * (1 - i)), c = s ? Math.atan2(o, a) * fa - 120 : NaN;
	return new Ha(c < 0 ? c + 360 : c, s, i, e.opacity);
}
function Va(e, t, n, r) {
	return arguments.length === 1 ? Ba(e) : new Ha(e, t, n, r ?? 1);
}
function Ha(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
Ei(Ha, Va, Di(Oi, {
	brighter(e) {
		return e = e == null ? Ai : Ai ** +e, new Ha(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? ki : ki ** +e, new Ha(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = isNaN(this.h) ? 0 : (this.h + 120) * da, t = +this.l, n = isNaN(this.s) ? 0 : this.s * t * (1 - t), r = Math.cos(e), i = Math.sin(e);
		return new Zi(255 * (t + n * (Ma * r + Na * i)), 255 * (t + n * (Pa * r + Fa * i)), 255 * (t + Ia * r * n), this.opacity);
	}
}));
var Ua = (e) => () => e;
function Wa(e, t) {
	return function(n) {
		return e + n * t;
	};
}
function Ga(e, t, n) {
	return e **= +n, t = t ** +n - e, n = 1 / n, function(r) {
		return (e + r * t) ** +n;
	};
}
function Ka(e, t) {
	var n = t - e;
	return n ? Wa(e, n > 180 || n < -180 ? n - 360 * Math.round(n / 360) : n) : Ua(isNaN(e) ? t : e);
}
function qa(e) {
	return (e = +e) == 1 ? Ja : function(t, n) {
		return n - t ? Ga(t, n, e) : Ua(isNaN(t) ? n : t);
	};
}
function Ja(e, t) {
	var n = t - e;
	return n ? Wa(e, n) : Ua(isNaN(e) ? t : e);
}
var Ya = (function e(t) {
	var n = qa(t);
	function r(e, t) {
		var r = n((e = Xi(e)).r, (t = Xi(t)).r), i = n(e.g, t.g), a = n(e.b, t.b), o = Ja(e.opacity, t.opacity);
		return function(t) {
			return e.r = r(t), e.g = i(t), e.b = a(t), e.opacity = o(t), e + "";
		};
	}
	return r.gamma = e, r;
})(1);
function Xa(e, t) {
	t ||= [];
	var n = e ? Math.min(t.length, e.length) : 0, r = t.slice(), i;
	return function(a) {
		for (i = 0; i < n; ++i) r[i] = e[i] * (1 - a) + t[i] * a;
		return r;
	};
}
function Za(e) {
	return ArrayBuffer.isView(e) && !(e instanceof DataView);
}
function Qa(e, t) {
	for (var n = t ? t.length : 0, r = e ? Math.min(n, e.length) : 0, i = Array(r), a = Array(n), o = 0; o < r; ++o) i[o] = so(e[o], t[o]);
	for (; o < n; ++o) a[o] = t[o];
	return function(e) {
		for (o = 0; o < r; ++o) a[o] = i[o](e);
		return a;
	};
}
function $a(e, t) {
	var n = /* @__PURE__ */ new Date();
	return e = +e, t = +t, function(r) {
		return n.setTime(e * (1 - r) + t * r), n;
	};
}
function eo(e, t) {
	return e = +e, t = +t, function(n) {
		return e * (1 - n) + t * n;
	};
}
function to(e, t) {
	var n = {}, r = {}, i;
	for (i in typeof e == "object" && e || (e = {}), typeof t == "object" && t || (t = {}), t) i in e ? n[i] = so(e[i], t[i]) : r[i] = t[i];
	return function(e) {
		for (i in n) r[i] = n[i](e);
		return r;
	};
}
var no = /[-+]?(?:\d+\.?\d*|\.?\d+)(?:[eE][-+]?\d+)?/g, ro = new RegExp(no.source, "g");
function io(e) {
	return function() {
		return e;
	};
}
function ao(e) {
	return function(t) {
		return e(t) + "";
	};
}
function oo(e, t) {
	var n = no.lastIndex = ro.lastIndex = 0, r, i, a, o = -1, s = [], c = [];
	for (e += "", t += ""; (r = no.exec(e)) && (i = ro.exec(t));) (a = i.index) > n && (a = t.slice(n, a), s[o] ? s[o] += a : s[++o] = a), (r = r[0]) === (i = i[0]) ? s[o] ? s[o] += i : s[++o] = i : (s[++o] = null, c.push({
		i: o,
		x: eo(r, i)
	})), n = ro.lastIndex;
	return n < t.length && (a = t.slice(n), s[o] ? s[o] += a : s[++o] = a), s.length < 2 ? c[0] ? ao(c[0].x) : io(t) : (t = c.length, function(e) {
		for (var n = 0, r; n < t; ++n) s[(r = c[n]).i] = r.x(e);
		return s.join("");
	});
}
function so(e, t) {
	var n = typeof t, r;
	return t == null || n === "boolean" ? Ua(t) : (n === "number" ? eo : n === "string" ? (r = Ki(t)) ? (t = r, Ya) : oo : t instanceof Ki ? Ya : t instanceof Date ? $a : Za(t) ? Xa : Array.isArray(t) ? Qa : typeof t.valueOf != "function" && typeof t.toString != "function" || isNaN(t) ? to : eo)(e, t);
}
var co = 180 / Math.PI, lo = {
	translateX: 0,
	translateY: 0,
	rotate: 0,
	skewX: 0,
	scaleX: 1,
	scaleY: 1
};
function uo(e, t, n, r, i, a) {
	var o, s, c;
	return (o = Math.sqrt(e * e + t * t)) && (e /= o, t /= o), (c = e * n + t * r) && (n -= e * c, r -= t * c), (s = Math.sqrt(n * n + r * r)) && (n /= s, r /= s, c /= s), e * r < t * n && (e = -e, t = -t, c = -c, o = -o), {
		translateX: i,
		translateY: a,
		rotate: Math.atan2(t, e) * co,
		skewX: Math.atan(c) * co,
		scaleX: o,
		scaleY: s
	};
}
var fo;
function po(e) {
	let t = new (typeof DOMMatrix == "function" ? DOMMatrix : WebKitCSSMatrix)(e + "");
	return t.isIdentity ? lo : uo(t.a, t.b, t.c, t.d, t.e, t.f);
}
function mo(e) {
	return e == null || (fo ||= document.createElementNS("http://www.w3.org/2000/svg", "g"), fo.setAttribute("transform", e), !(e = fo.transform.baseVal.consolidate())) ? lo : (e = e.matrix, uo(e.a, e.b, e.c, e.d, e.e, e.f));
}
function ho(e, t, n, r) {
	function i(e) {
		return e.length ? e.pop() + " " : "";
	}
	function a(e, r, i, a, o, s) {
		if (e !== i || r !== a) {
			var c = o.push("translate(", null, t, null, n);
			s.push({
				i: c - 4,
				x: eo(e, i)
			}, {
				i: c - 2,
				x: eo(r, a)
			});
		} else (i || a) && o.push("translate(" + i + t + a + n);
	}
	function o(e, t, n, a) {
		e === t ? t && n.push(i(n) + "rotate(" + t + r) : (e - t > 180 ? t += 360 : t - e > 180 && (e += 360), a.push({
			i: n.push(i(n) + "rotate(", null, r) - 2,
			x: eo(e, t)
		}));
	}
	function s(e, t, n, a) {
		e === t ? t && n.push(i(n) + "skewX(" + t + r) : a.push({
			i: n.push(i(n) + "skewX(", null, r) - 2,
			x: eo(e, t)
		});
	}
	function c(e, t, n, r, a, o) {
		if (e !== n || t !== r) {
			var s = a.push(i(a) + "scale(", null, ",", null, ")");
			o.push({
				i: s - 4,
				x: eo(e, n)
			}, {
				i: s - 2,
				x: eo(t, r)
			});
		} else (n !== 1 || r !== 1) && a.push(i(a) + "scale(" + n + "," + r + ")");
	}
	return function(t, n) {
		var r = [], i = [];
		return t = e(t), n = e(n), a(t.translateX, t.translateY, n.translateX, n.translateY, r, i), o(t.rotate, n.rotate, r, i), s(t.skewX, n.skewX, r, i), c(t.scaleX, t.scaleY, n.scaleX, n.scaleY, r, i), t = n = null, function(e) {
			for (var t = -1, n = i.length, a; ++t < n;) r[(a = i[t]).i] = a.x(e);
			return r.join("");
		};
	};
}
var go = ho(po, "px, ", "px)", "deg)"), _o = ho(mo, ", ", ")", ")"), vo = 1e-12;
function yo(e) {
	return ((e = Math.exp(e)) + 1 / e) / 2;
}
function bo(e) {
	return ((e = Math.exp(e)) - 1 / e) / 2;
}
function xo(e) {
	return ((e = Math.exp(2 * e)) - 1) / (e + 1);
}
var So = (function e(t, n, r) {
	function i(e, i) {
		var a = e[0], o = e[1], s = e[2], c = i[0], l = i[1], u = i[2], d = c - a, f = l - o, p = d * d + f * f, m, h;
		if (p < vo) h = Math.log(u / s) / t, m = function(e) {
			return [
				a + e * d,
				o + e * f,
				s * Math.exp(t * e * h)
			];
		};
		else {
			var g = Math.sqrt(p), _ = (u * u - s * s + r * p) / (2 * s * n * g), v = (u * u - s * s - r * p) / (2 * u * n * g), y = Math.log(Math.sqrt(_ * _ + 1) - _);
			h = (Math.log(Math.sqrt(v * v + 1) - v) - y) / t, m = function(e) {
				var r = e * h, i = yo(y), c = s / (n * g) * (i * xo(t * r + y) - bo(y));
				return [
					a + c * d,
					o + c * f,
					s * i / yo(t * r + y)
				];
			};
		}
		return m.duration = Math.abs(h) * 1e3 * t / Math.SQRT2, m;
	}
	return i.rho = function(t) {
		var n = Math.max(.001, +t), r = n * n;
		return e(n, r, r * r);
	}, i;
})(Math.SQRT2, 2, 4);
function Co(e) {
	return (function t(n) {
		n = +n;
		function r(t, r) {
			var i = e((t = Va(t)).h, (r = Va(r)).h), a = Ja(t.s, r.s), o = Ja(t.l, r.l), s = Ja(t.opacity, r.opacity);
			return function(e) {
				return t.h = i(e), t.s = a(e), t.l = o(e ** +n), t.opacity = s(e), t + "";
			};
		}
		return r.gamma = t, r;
	})(1);
}
Co(Ka), Co(Ja);
// node_modules/d3-timer/dist/d3-timer.mjs
var wo = 0, To = 0, Eo = 0, Do = 1e3, Oo, ko, Ao = 0, jo = 0, Mo = 0, No = typeof performance == "object" && performance.now ? performance : Date, Po = typeof window == "object" && window.requestAnimationFrame ? window.requestAnimationFrame.bind(window) : function(e) {
	setTimeout(e, 17);
};
function Fo() {
	return jo ||= (Po(Io), No.now() + Mo);
}
function Io() {
	jo = 0;
}
function Lo() {
	this._call = this._time = this._next = null;
}
Lo.prototype = Ro.prototype = {
	constructor: Lo,
	restart: function(e, t, n) {
		if (typeof e != "function") throw TypeError("callback is not a function");
		n = (n == null ? Fo() : +n) + (t == null ? 0 : +t), !this._next && ko !== this && (ko ? ko._next = this : Oo = this, ko = this), this._call = e, this._time = n, Uo();
	},
	stop: function() {
		this._call && (this._call = null, this._time = 1e400, Uo());
	}
};
function Ro(e, t, n) {
	var r = new Lo();
	return r.restart(e, t, n), r;
}
function zo() {
	Fo(), ++wo;
	for (var e = Oo, t; e;) (t = jo - e._time) >= 0 && e._call.call(void 0, t), e = e._next;
	--wo;
}
function Bo() {
	jo = (Ao = No.now()) + Mo, wo = To = 0;
	try {
		zo();
	} finally {
		wo = 0, Ho(), jo = 0;
	}
}
function Vo() {
	var e = No.now(), t = e - Ao;
	t > Do && (Mo -= t, Ao = e);
}
function Ho() {
	for (var e, t = Oo, n, r = 1e400; t;) t._call ? (r > t._time && (r = t._time), e = t, t = t._next) : (n = t._next, t._next = null, t = e ? e._next = n : Oo = n);
	ko = e, Uo(r);
}
function Uo(e) {
	wo || (To &&= clearTimeout(To), e - jo > 24 ? (e < 1e400 && (To = setTimeout(Bo, Math.ceil(e - No.now() - Mo) + 1)), Eo &&= clearInterval(Eo)) : (Eo ||= (Ao = No.now(), setInterval(Vo, Do)), wo = 1, Po(Bo)));
}
function Wo(e, t, n) {
	var r = new Lo();
	return t = t == null ? 0 : +t, r.restart((n) => {
		r.stop(), e(n + t);
	}, t, n), r;
}
// node_modules/d3-ease/dist/d3-ease.mjs
function Go(e) {
	return ((e *= 2) <= 1 ? e * e * e : (e -= 2) * e * e + 2) / 2;
}
var Ko = 3;
(function e(t) {
	t = +t;
	function n(e) {
		return e ** +t;
	}
	return n.exponent = e, n;
})(Ko), (function e(t) {
	t = +t;
	function n(e) {
		return 1 - (1 - e) ** t;
	}
	return n.exponent = e, n;
})(Ko), (function e(t) {
	t = +t;
	function n(e) {
		return ((e *= 2) <= 1 ? e ** +t : 2 - (2 - e) ** t) / 2;
	}
	return n.exponent = e, n;
})(Ko);
function qo(e) {
	return (2 ** (-10 * e) - .0009765625) * 1.0009775171065494;
}
var Jo = 4 / 11;
1 / Jo / Jo;
var Yo = 1.70158;
(function e(t) {
	t = +t;
	function n(e) {
		return (e = +e) * e * (t * (e - 1) + e);
	}
	return n.overshoot = e, n;
})(Yo), (function e(t) {
	t = +t;
	function n(e) {
		return --e * e * ((e + 1) * t + e) + 1;
	}
	return n.overshoot = e, n;
})(Yo), (function e(t) {
	t = +t;
	function n(e) {
		return ((e *= 2) < 1 ? e * e * ((t + 1) * e - t) : (e -= 2) * e * ((t + 1) * e + t) + 2) / 2;
	}
	return n.overshoot = e, n;
})(Yo);
var Xo = 2 * Math.PI, Zo = 1, Qo = .3;
(function e(t, n) {
	var r = Math.asin(1 / (t = Math.max(1, t))) * (n /= Xo);
	function i(e) {
		return t * qo(- --e) * Math.sin((r - e) / n);
	}
	return i.amplitude = function(t) {
		return e(t, n * Xo);
	}, i.period = function(n) {
		return e(t, n);
	}, i;
})(Zo, Qo), (function e(t, n) {
	var r = Math.asin(1 / (t = Math.max(1, t))) * (n /= Xo);
	function i(e) {
		return 1 - t * qo(e = +e) * Math.sin((e + r) / n);
	}
	return i.amplitude = function(t) {
		return e(t, n * Xo);
	}, i.period = function(n) {
		return e(t, n);
	}, i;
})(Zo, Qo), (function e(t, n) {
	var r = Math.asin(1 / (t = Math.max(1, t))) * (n /= Xo);
	function i(e) {
		return ((e = e * 2 - 1) < 0 ? t * qo(-e) * Math.sin((r - e) / n) : 2 - t * qo(e) * Math.sin((r + e) / n)) / 2;
	}
	return i.amplitude = function(t) {
		return e(t, n * Xo);
	}, i.period = function(n) {
		return e(t, n);
	}, i;
})(Zo, Qo);
// node_modules/d3-transition/dist/d3-transition.mjs
var $o = nn("start", "end", "cancel", "interrupt"), es = [], ts = 0, ns = 1, rs = 2, is = 3, as = 4, os = 5, ss = 6;
function cs(e, t, n, r, i, a) {
	var o = e.__transition;
	if (!o) e.__transition = {};
	else if (n in o) return;
	fs(e, n, {
		name: t,
		index: r,
		group: i,
		on: $o,
		tween: es,
		time: a.time,
		delay: a.delay,
		duration: a.duration,
		ease: a.ease,
		timer: null,
		state: ts
	});
}
function ls(e, t) {
	var n = ds(e, t);
	if (n.state > ts) throw Error("too late; already scheduled");
	return n;
}
function us(e, t) {
	var n = ds(e, t);
	if (n.state > is) throw Error("too late; already running");
	return n;
}
function ds(e, t) {
	var n = e.__transition;
	if (!n || !(n = n[t])) throw Error("transition not found");
	return n;
}
function fs(e, t, n) {
	var r = e.__transition, i;
	r[t] = n, n.timer = Ro(a, 0, n.time);
	function a(e) {
		n.state = ns, n.timer.restart(o, n.delay, n.time), n.delay <= e && o(e - n.delay);
	}
	function o(a) {
		var l, u, d, f;
		if (n.state !== ns) return c();
		for (l in r) if (f = r[l], f.name === n.name) {
			if (f.state === is) return Wo(o);
			f.state === as ? (f.state = ss, f.timer.stop(), f.on.call("interrupt", e, e.__data__, f.index, f.group), delete r[l]) : +l < t && (f.state = ss, f.timer.stop(), f.on.call("cancel", e, e.__data__, f.index, f.group), delete r[l]);
		}
		if (Wo(function() {
			n.state === is && (n.state = as, n.timer.restart(s, n.delay, n.time), s(a));
		}), n.state = rs, n.on.call("start", e, e.__data__, n.index, n.group), n.state === rs) {
			for (n.state = is, i = Array(d = n.tween.length), l = 0, u = -1; l < d; ++l) (f = n.tween[l].value.call(e, e.__data__, n.index, n.group)) && (i[++u] = f);
			i.length = u + 1;
		}
	}
	function s(t) {
		for (var r = t < n.duration ? n.ease.call(null, t / n.duration) : (n.timer.restart(c), n.state = os, 1), a = -1, o = i.length; ++a < o;) i[a].call(e, r);
		n.state === os && (n.on.call("end", e, e.__data__, n.index, n.group), c());
	}
	function c() {
		for (var i in n.state = ss, n.timer.stop(), delete r[t], r) return;
		delete e.__transition;
	}
}
function ps(e, t) {
	var n = e.__transition, r, i, a = !0, o;
	if (n) {
		for (o in t = t == null ? null : t + "", n) (r = n[o]).name === t ? (i = r.state > rs && r.state < os, r.state = ss, r.timer.stop(), r.on.call(i ? "interrupt" : "cancel", e, e.__data__, r.index, r.group), delete n[o]) : a = !1;
		a && delete e.__transition;
	}
}
function ms(e, t) {
	var n, r;
	return function() {
		var i = us(this, e), a = i.tween;
		if (a !== n) {
			r = n = a;
			for (var o = 0, s = r.length; o < s; ++o) if (r[o].name === t) {
				r = r.slice(), r.splice(o, 1);
				break;
			}
		}
		i.tween = r;
	};
}
function hs(e, t, n) {
	var r, i;
	if (typeof n != "function") throw Error();
	return function() {
		var a = us(this, e), o = a.tween;
		if (o !== r) {
			i = (r = o).slice();
			for (var s = {
				name: t,
				value: n
			}, c = 0, l = i.length; c < l; ++c) if (i[c].name === t) {
				i[c] = s;
				break;
			}
			c === l && i.push(s);
		}
		a.tween = i;
	};
}
function gs(e, t) {
	var n = this._id;
	if (e += "", arguments.length < 2) {
		for (var r = ds(this.node(), n).tween, i = 0, a = r.length, o; i < a; ++i) if ((o = r[i]).name === e) return o.value;
		return null;
	}
	return this.each((t == null ? ms : hs)(n, e, t));
}
function _s(e, t, n) {
	var r = e._id;
	return e.each(function() {
		var e = us(this, r);
		(e.value ||= {})[t] = n.apply(this, arguments);
	}), function(e) {
		return ds(e, r).value[t];
	};
}
function vs(e, t) {
	var n;
	return (typeof t == "number" ? eo : t instanceof Ki ? Ya : (n = Ki(t)) ? (t = n, Ya) : oo)(e, t);
}
function ys(e) {
	return function() {
		this.removeAttribute(e);
	};
}
function bs(e) {
	return function() {
		this.removeAttributeNS(e.space, e.local);
	};
}
function xs(e, t, n) {
	var r, i = n + "", a;
	return function() {
		var o = this.getAttribute(e);
		return o === i ? null : o === r ? a : a = t(r = o, n);
	};
}
function Ss(e, t, n) {
	var r, i = n + "", a;
	return function() {
		var o = this.getAttributeNS(e.space, e.local);
		return o === i ? null : o === r ? a : a = t(r = o, n);
	};
}
function Cs(e, t, n) {
	var r, i, a;
	return function() {
		var o, s = n(this), c;
		return s == null ? void this.removeAttribute(e) : (o = this.getAttribute(e), c = s + "", o === c ? null : o === r && c === i ? a : (i = c, a = t(r = o, s)));
	};
}
function ws(e, t, n) {
	var r, i, a;
	return function() {
		var o, s = n(this), c;
		return s == null ? void this.removeAttributeNS(e.space, e.local) : (o = this.getAttributeNS(e.space, e.local), c = s + "", o === c ? null : o === r && c === i ? a : (i = c, a = t(r = o, s)));
	};
}
function Ts(e, t) {
	var n = un(e), r = n === "transform" ? _o : vs;
	return this.attrTween(e, typeof t == "function" ? (n.local ? ws : Cs)(n, r, _s(this, "attr." + e, t)) : t == null ? (n.local ? bs : ys)(n) : (n.local ? Ss : xs)(n, r, t));
}
function Es(e, t) {
	return function(n) {
		this.setAttribute(e, t.call(this, n));
	};
}
function Ds(e, t) {
	return function(n) {
		this.setAttributeNS(e.space, e.local, t.call(this, n));
	};
}
function Os(e, t) {
	var n, r;
	function i() {
		var i = t.apply(this, arguments);
		return i !== r && (n = (r = i) && Ds(e, i)), n;
	}
	return i._value = t, i;
}
function ks(e, t) {
	var n, r;
	function i() {
		var i = t.apply(this, arguments);
		return i !== r && (n = (r = i) && Es(e, i)), n;
	}
	return i._value = t, i;
}
function As(e, t) {
	var n = "attr." + e;
	if (arguments.length < 2) return (n = this.tween(n)) && n._value;
	if (t == null) return this.tween(n, null);
	if (typeof t != "function") throw Error();
	var r = un(e);
	return this.tween(n, (r.local ? Os : ks)(r, t));
}
function js(e, t) {
	return function() {
		ls(this, e).delay = +t.apply(this, arguments);
	};
}
function Ms(e, t) {
	return t = +t, function() {
		ls(this, e).delay = t;
	};
}
function Ns(e) {
	var t = this._id;
	return arguments.length ? this.each((typeof e == "function" ? js : Ms)(t, e)) : ds(this.node(), t).delay;
}
function Ps(e, t) {
	return function() {
		us(this, e).duration = +t.apply(this, arguments);
	};
}
function Fs(e, t) {
	return t = +t, function() {
		us(this, e).duration = t;
	};
}
function Is(e) {
	var t = this._id;
	return arguments.length ? this.each((typeof e == "function" ? Ps : Fs)(t, e)) : ds(this.node(), t).duration;
}
function Ls(e, t) {
	if (typeof t != "function") throw Error();
	return function() {
		us(this, e).ease = t;
	};
}
function Rs(e) {
	var t = this._id;
	return arguments.length ? this.each(Ls(t, e)) : ds(this.node(), t).ease;
}
function zs(e, t) {
	return function() {
		var n = t.apply(this, arguments);
		if (typeof n != "function") throw Error();
		us(this, e).ease = n;
	};
}
function Bs(e) {
	if (typeof e != "function") throw Error();
	return this.each(zs(this._id, e));
}
function Vs(e) {
	typeof e != "function" && (e = Sn(e));
	for (var t = this._groups, n = t.length, r = Array(n), i = 0; i < n; ++i) for (var a = t[i], o = a.length, s = r[i] = [], c, l = 0; l < o; ++l) (c = a[l]) && e.call(c, c.__data__, l, a) && s.push(c);
	return new gc(r, this._parents, this._name, this._id);
}
function Hs(e) {
	if (e._id !== this._id) throw Error();
	for (var t = this._groups, n = e._groups, r = t.length, i = n.length, a = Math.min(r, i), o = Array(r), s = 0; s < a; ++s) for (var c = t[s], l = n[s], u = c.length, d = o[s] = Array(u), f, p = 0; p < u; ++p) (f = c[p] || l[p]) && (d[p] = f);
	for (; s < r; ++s) o[s] = t[s];
	return new gc(o, this._parents, this._name, this._id);
}
function Us(e) {
	return (e + "").trim().split(/^|\s+/).every(function(e) {
		var t = e.indexOf(".");
		return t >= 0 && (e = e.slice(0, t)), !e || e === "start";
	});
}
function Ws(e, t, n) {
	var r, i, a = Us(t) ? ls : us;
	return function() {
		var o = a(this, e), s = o.on;
		s !== r && (i = (r = s).copy()).on(t, n), o.on = i;
	};
}
function Gs(e, t) {
	var n = this._id;
	return arguments.length < 2 ? ds(this.node(), n).on.on(e) : this.each(Ws(n, e, t));
}
function Ks(e) {
	return function() {
		var t = this.parentNode;
		for (var n in this.__transition) if (+n !== e) return;
		t && t.removeChild(this);
	};
}
function qs() {
	return this.on("end.remove", Ks(this._id));
}
function Js(e) {
	var t = this._name, n = this._id;
	typeof e != "function" && (e = hn(e));
	for (var r = this._groups, i = r.length, a = Array(i), o = 0; o < i; ++o) for (var s = r[o], c = s.length, l = a[o] = Array(c), u, d, f = 0; f < c; ++f) (u = s[f]) && (d = e.call(u, u.__data__, f, s)) && ("__data__" in u && (d.__data__ = u.__data__), l[f] = d, cs(l[f], t, n, f, l, ds(u, n)));
	return new gc(a, this._parents, t, n);
}
function Ys(e) {
	var t = this._name, n = this._id;
	typeof e != "function" && (e = yn(e));
	for (var r = this._groups, i = r.length, a = [], o = [], s = 0; s < i; ++s) for (var c = r[s], l = c.length, u, d = 0; d < l; ++d) if (u = c[d]) {
		for (var f = e.call(u, u.__data__, d, c), p, m = ds(u, n), h = 0, g = f.length; h < g; ++h) (p = f[h]) && cs(p, t, n, h, f, m);
		a.push(f), o.push(u);
	}
	return new gc(a, o, t, n);
}
var Xs = ai.prototype.constructor;
function Zs() {
	return new Xs(this._groups, this._parents);
}
function Qs(e, t) {
	var n, r, i;
	return function() {
		var a = fr(this, e), o = (this.style.removeProperty(e), fr(this, e));
		return a === o ? null : a === n && o === r ? i : i = t(n = a, r = o);
	};
}
function $s(e) {
	return function() {
		this.style.removeProperty(e);
	};
}
function ec(e, t, n) {
	var r, i = n + "", a;
	return function() {
		var o = fr(this, e);
		return o === i ? null : o === r ? a : a = t(r = o, n);
	};
}
function tc(e, t, n) {
	var r, i, a;
	return function() {
		var o = fr(this, e), s = n(this), c = s + "";
		return s ?? (c = s = (this.style.removeProperty(e), fr(this, e))), o === c ? null : o === r && c === i ? a : (i = c, a = t(r = o, s));
	};
}
function nc(e, t) {
	var n, r, i, a = "style." + t, o = "end." + a, s;
	return function() {
		var c = us(this, e), l = c.on, u = c.value[a] == null ? s ||= $s(t) : void 0;
		(l !== n || i !== u) && (r = (n = l).copy()).on(o, i = u), c.on = r;
	};
}
function rc(e, t, n) {
	var r = (e += "") == "transform" ? go : vs;
	return t == null ? this.styleTween(e, Qs(e, r)).on("end.style." + e, $s(e)) : typeof t == "function" ? this.styleTween(e, tc(e, r, _s(this, "style." + e, t))).each(nc(this._id, e)) : this.styleTween(e, ec(e, r, t), n).on("end.style." + e, null);
}
function ic(e, t, n) {
	return function(r) {
		this.style.setProperty(e, t.call(this, r), n);
	};
}
function ac(e, t, n) {
	var r, i;
	function a() {
		var a = t.apply(this, arguments);
		return a !== i && (r = (i = a) && ic(e, a, n)), r;
	}
	return a._value = t, a;
}
function oc(e, t, n) {
	var r = "style." + (e += "");
	if (arguments.length < 2) return (r = this.tween(r)) && r._value;
	if (t == null) return this.tween(r, null);
	if (typeof t != "function") throw Error();
	return this.tween(r, ac(e, t, n ?? ""));
}
function sc(e) {
	return function() {
		this.textContent = e;
	};
}
function cc(e) {
	return function() {
		var t = e(this);
		this.textContent = t ?? "";
	};
}
function lc(e) {
	return this.tween("text", typeof e == "function" ? cc(_s(this, "text", e)) : sc(e == null ? "" : e + ""));
}
function uc(e) {
	return function(t) {
		this.textContent = e.call(this, t);
	};
}
function dc(e) {
	var t, n;
	function r() {
		var r = e.apply(this, arguments);
		return r !== n && (t = (n = r) && uc(r)), t;
	}
	return r._value = e, r;
}
function fc(e) {
	var t = "text";
	if (arguments.length < 1) return (t = this.tween(t)) && t._value;
	if (e == null) return this.tween(t, null);
	if (typeof e != "function") throw Error();
	return this.tween(t, dc(e));
}
function pc() {
	for (var e = this._name, t = this._id, n = _c(), r = this._groups, i = r.length, a = 0; a < i; ++a) for (var o = r[a], s = o.length, c, l = 0; l < s; ++l) if (c = o[l]) {
		var u = ds(c, t);
		cs(c, e, n, l, o, {
			time: u.time + u.delay + u.duration,
			delay: 0,
			duration: u.duration,
			ease: u.ease
		});
	}
	return new gc(r, this._parents, e, n);
}
function mc() {
	var e, t, n = this, r = n._id, i = n.size();
	return new Promise(function(a, o) {
		var s = { value: o }, c = { value: function() {
			--i === 0 && a();
		} };
		n.each(function() {
			var n = us(this, r), i = n.on;
			i !== e && (t = (e = i).copy(), t._.cancel.push(s), t._.interrupt.push(s), t._.end.push(c)), n.on = t;
		}), i === 0 && a();
	});
}
var hc = 0;
function gc(e, t, n, r) {
	this._groups = e, this._parents = t, this._name = n, this._id = r;
}
function _c() {
	return ++hc;
}
var vc = ai.prototype;
gc.prototype = {
	constructor: gc,
	select: Js,
	selectAll: Ys,
	selectChild: vc.selectChild,
	selectChildren: vc.selectChildren,
	filter: Vs,
	merge: Hs,
	selection: Zs,
	transition: pc,
	call: vc.call,
	nodes: vc.nodes,
	node: vc.node,
	size: vc.size,
	empty: vc.empty,
	each: vc.each,
	on: Gs,
	attr: Ts,
	attrTween: As,
	style: rc,
	styleTween: oc,
	text: lc,
	textTween: fc,
	remove: qs,
	tween: gs,
	delay: Ns,
	duration: Is,
	ease: Rs,
	easeVarying: Bs,
	end: mc,
	[Symbol.iterator]: vc[Symbol.iterator]
};
var yc = {
	time: null,
	delay: 0,
	duration: 250,
	ease: Go
};
function bc(e, t) {
	for (var n; !(n = e.__transition) || !(n = n[t]);) if (!(e = e.parentNode)) throw Error(`transition ${t} not found`);
	return n;
}
ai.prototype.interrupt = function(e) {
	return this.each(function() {
		ps(this, e);
	});
}, ai.prototype.transition = function(e) {
	var t, n;
	e instanceof gc ? (t = e._id, e = e._name) : (t = _c(), (n = yc).time = Fo(), e = e == null ? null : e + "");
	for (var r = this._groups, i = r.length, a = 0; a < i; ++a) for (var o = r[a], s = o.length, c, l = 0; l < s; ++l) (c = o[l]) && cs(c, e, t, l, o, n || bc(c, t));
	return new gc(r, this._parents, e, t);
};
// node_modules/d3-zoom/dist/d3-zoom.mjs
var xc = (e) => () => e;
function Sc(e, { sourceEvent: t, target: n, transform: r, dispatch: i }) {
	Object.defineProperties(this, {
		type: {
			value: e,
			enumerable: !0,
			configurable: !0
		},
		sourceEvent: {
			value: t,
			enumerable: !0,
			configurable: !0
		},
		target: {
			value: n,
			enumerable: !0,
			configurable: !0
		},
		transform: {
			value: r,
			enumerable: !0,
			configurable: !0
		},
		_: { value: i }
	});
}
function Cc(e, t, n) {
	this.k = e, this.x = t, this.y = n;
}
Cc.prototype = {
	constructor: Cc,
	scale: function(e) {
		return e === 1 ? this : new Cc(this.k * e, this.x, this.y);
	},
	translate: function(e, t) {
		return e === 0 & t === 0 ? this : new Cc(this.k, this.x + this.k * e, this.y + this.k * t);
	},
	apply: function(e) {
		return [e[0] * this.k + this.x, e[1] * this.k + this.y];
	},
	applyX: function(e) {
		return e * this.k + this.x;
	},
	applyY: function(e) {
		return e * this.k + this.y;
	},
	invert: function(e) {
		return [(e[0] - this.x) / this.k, (e[1] - this.y) / this.k];
	},
	invertX: function(e) {
		return (e - this.x) / this.k;
	},
	invertY: function(e) {
		return (e - this.y) / this.k;
	},
	rescaleX: function(e) {
		return e.copy().domain(e.range().map(this.invertX, this).map(e.invert, e));
	},
	rescaleY: function(e) {
		return e.copy().domain(e.range().map(this.invertY, this).map(e.invert, e));
	},
	toString: function() {
		return "translate(" + this.x + "," + this.y + ") scale(" + this.k + ")";
	}
};
var wc = new Cc(1, 0, 0);
Tc.prototype = Cc.prototype;
function Tc(e) {
	for (; !e.__zoom;) if (!(e = e.parentNode)) return wc;
	return e.__zoom;
}
function Ec(e) {
	e.stopImmediatePropagation();
}
function Dc(e) {
	e.preventDefault(), e.stopImmediatePropagation();
}
function Oc(e) {
	return (!e.ctrlKey || e.type === "wheel") && !e.button;
}
function kc() {
	var e = this;
	return e instanceof SVGElement ? (e = e.ownerSVGElement || e, e.hasAttribute("viewBox") ? (e = e.viewBox.baseVal, [[e.x, e.y], [e.x + e.width, e.y + e.height]]) : [[0, 0], [e.width.baseVal.value, e.height.baseVal.value]]) : [[0, 0], [e.clientWidth, e.clientHeight]];
}
function Ac() {
	return this.__zoom || wc;
}
function jc(e) {
	return -e.deltaY * (e.deltaMode === 1 ? .05 : e.deltaMode ? 1 : .002) * (e.ctrlKey ? 10 : 1);
}
function Mc() {
	return navigator.maxTouchPoints || "ontouchstart" in this;
}
function Nc(e, t, n) {
	var r = e.invertX(t[0][0]) - n[0][0], i = e.invertX(t[1][0]) - n[1][0], a = e.invertY(t[0][1]) - n[0][1], o = e.invertY(t[1][1]) - n[1][1];
	return e.translate(i > r ? (r + i) / 2 : Math.min(0, r) || Math.max(0, i), o > a ? (a + o) / 2 : Math.min(0, a) || Math.max(0, o));
}
function Pc() {
	var e = Oc, t = kc, n = Nc, r = jc, i = Mc, a = [0, 1e400], o = [[-1e400, -1e400], [1e400, 1e400]], s = 250, c = So, l = nn("start", "zoom", "end"), u, d, f, p = 500, m = 150, h = 0, g = 10;
	function _(e) {
		e.property("__zoom", Ac).on("wheel.zoom", w, { passive: !1 }).on("mousedown.zoom", T).on("dblclick.zoom", E).filter(i).on("touchstart.zoom", D).on("touchmove.zoom", O).on("touchend.zoom touchcancel.zoom", k).style("-webkit-tap-highlight-color", "rgba(0,0,0,0)");
	}
	_.transform = function(e, t, n, r) {
		var i = e.selection ? e.selection() : e;
		i.property("__zoom", Ac), e === i ? i.interrupt().each(function() {
			S(this, arguments).event(r).start().zoom(null, typeof t == "function" ? t.apply(this, arguments) : t).end();
		}) : x(e, t, n, r);
	}, _.scaleBy = function(e, t, n, r) {
		_.scaleTo(e, function() {
			return this.__zoom.k * (typeof t == "function" ? t.apply(this, arguments) : t);
		}, n, r);
	}, _.scaleTo = function(e, r, i, a) {
		_.transform(e, function() {
			var e = t.apply(this, arguments), a = this.__zoom, s = i == null ? b(e) : typeof i == "function" ? i.apply(this, arguments) : i, c = a.invert(s), l = typeof r == "function" ? r.apply(this, arguments) : r;
			return n(y(v(a, l), s, c), e, o);
		}, i, a);
	}, _.translateBy = function(e, r, i, a) {
		_.transform(e, function() {
			return n(this.__zoom.translate(typeof r == "function" ? r.apply(this, arguments) : r, typeof i == "function" ? i.apply(this, arguments) : i), t.apply(this, arguments), o);
		}, null, a);
	}, _.translateTo = function(e, r, i, a, s) {
		_.transform(e, function() {
			var e = t.apply(this, arguments), s = this.__zoom, c = a == null ? b(e) : typeof a == "function" ? a.apply(this, arguments) : a;
			return n(wc.translate(c[0], c[1]).scale(s.k).translate(typeof r == "function" ? -r.apply(this, arguments) : -r, typeof i == "function" ? -i.apply(this, arguments) : -i), e, o);
		}, a, s);
	};
	function v(e, t) {
		return t = Math.max(a[0], Math.min(a[1], t)), t === e.k ? e : new Cc(t, e.x, e.y);
	}
	function y(e, t, n) {
		var r = t[0] - n[0] * e.k, i = t[1] - n[1] * e.k;
		return r === e.x && i === e.y ? e : new Cc(e.k, r, i);
	}
	function b(e) {
		return [(+e[0][0] + +e[1][0]) / 2, (+e[0][1] + +e[1][1]) / 2];
	}
	function x(e, n, r, i) {
		e.on("start.zoom", function() {
			S(this, arguments).event(i).start();
		}).on("interrupt.zoom end.zoom", function() {
			S(this, arguments).event(i).end();
		}).tween("zoom", function() {
			var e = this, a = arguments, o = S(e, a).event(i), s = t.apply(e, a), l = r == null ? b(s) : typeof r == "function" ? r.apply(e, a) : r, u = Math.max(s[1][0] - s[0][0], s[1][1] - s[0][1]), d = e.__zoom, f = typeof n == "function" ? n.apply(e, a) : n, p = c(d.invert(l).concat(u / d.k), f.invert(l).concat(u / f.k));
			return function(e) {
				if (e === 1) e = f;
				else {
					var t = p(e), n = u / t[2];
					e = new Cc(n, l[0] - t[0] * n, l[1] - t[1] * n);
				}
				o.zoom(null, e);
			};
		});
	}
	function S(e, t, n) {
		return !n && e.__zooming || new C(e, t);
	}
	function C(e, n) {
		this.that = e, this.args = n, this.active = 0, this.sourceEvent = null, this.extent = t.apply(e, n), this.taps = 0;
	}
	C.prototype = {
		event: function(e) {
			return e && (this.sourceEvent = e), this;
		},
		start: function() {
			return ++this.active === 1 && (this.that.__zooming = this, this.emit("start")), this;
		},
		zoom: function(e, t) {
			return this.mouse && e !== "mouse" && (this.mouse[1] = t.invert(this.mouse[0])), this.touch0 && e !== "touch" && (this.touch0[1] = t.invert(this.touch0[0])), this.touch1 && e !== "touch" && (this.touch1[1] = t.invert(this.touch1[0])), this.that.__zoom = t, this.emit("zoom"), this;
		},
		end: function() {
			return --this.active === 0 && (delete this.that.__zooming, this.emit("end")), this;
		},
		emit: function(e) {
			var t = si(this.that).datum();
			l.call(e, this.that, new Sc(e, {
				sourceEvent: this.sourceEvent,
				target: _,
				transform: this.that.__zoom,
				dispatch: l
			}), t);
		}
	};
	function w(t, ...i) {
		if (!e.apply(this, arguments)) return;
		var s = S(this, i).event(t), c = this.__zoom, l = Math.max(a[0], Math.min(a[1], c.k * 2 ** r.apply(this, arguments))), u = fi(t);
		if (s.wheel) (s.mouse[0][0] !== u[0] || s.mouse[0][1] !== u[1]) && (s.mouse[1] = c.invert(s.mouse[0] = u)), clearTimeout(s.wheel);
		else if (c.k === l) return;
		else s.mouse = [u, c.invert(u)], ps(this), s.start();
		Dc(t), s.wheel = setTimeout(d, m), s.zoom("mouse", n(y(v(c, l), s.mouse[0], s.mouse[1]), s.extent, o));
		function d() {
			s.wheel = null, s.end();
		}
	}
	function T(t, ...r) {
		if (f || !e.apply(this, arguments)) return;
		var i = t.currentTarget, a = S(this, r, !0).event(t), s = si(t.view).on("mousemove.zoom", d, !0).on("mouseup.zoom", p, !0), c = fi(t, i), l = t.clientX, u = t.clientY;
		_i(t.view), Ec(t), a.mouse = [c, this.__zoom.invert(c)], ps(this), a.start();
		function d(e) {
			if (Dc(e), !a.moved) {
				var t = e.clientX - l, r = e.clientY - u;
				a.moved = t * t + r * r > h;
			}
			a.event(e).zoom("mouse", n(y(a.that.__zoom, a.mouse[0] = fi(e, i), a.mouse[1]), a.extent, o));
		}
		function p(e) {
			s.on("mousemove.zoom mouseup.zoom", null), vi(e.view, a.moved), Dc(e), a.event(e).end();
		}
	}
	function E(r, ...i) {
		if (e.apply(this, arguments)) {
			var a = this.__zoom, c = fi(r.changedTouches ? r.changedTouches[0] : r, this), l = a.invert(c), u = a.k * (r.shiftKey ? .5 : 2), d = n(y(v(a, u), c, l), t.apply(this, i), o);
			Dc(r), s > 0 ? si(this).transition().duration(s).call(x, d, c, r) : si(this).call(_.transform, d, c, r);
		}
	}
	function D(t, ...n) {
		if (e.apply(this, arguments)) {
			var r = t.touches, i = r.length, a = S(this, n, t.changedTouches.length === i).event(t), o, s, c, l;
			for (Ec(t), s = 0; s < i; ++s) c = r[s], l = fi(c, this), l = [
				l,
				this.__zoom.invert(l),
				c.identifier
			], a.touch0 ? !a.touch1 && a.touch0[2] !== l[2] && (a.touch1 = l, a.taps = 0) : (a.touch0 = l, o = !0, a.taps = 1 + !!u);
			u &&= clearTimeout(u), o && (a.taps < 2 && (d = l[0], u = setTimeout(function() {
				u = null;
			}, p)), ps(this), a.start());
		}
	}
	function O(e, ...t) {
		if (this.__zooming) {
			var r = S(this, t).event(e), i = e.changedTouches, a = i.length, s, c, l, u;
			for (Dc(e), s = 0; s < a; ++s) c = i[s], l = fi(c, this), r.touch0 && r.touch0[2] === c.identifier ? r.touch0[0] = l : r.touch1 && r.touch1[2] === c.identifier && (r.touch1[0] = l);
			if (c = r.that.__zoom, r.touch1) {
				var d = r.touch0[0], f = r.touch0[1], p = r.touch1[0], m = r.touch1[1], h = (h = p[0] - d[0]) * h + (h = p[1] - d[1]) * h, g = (g = m[0] - f[0]) * g + (g = m[1] - f[1]) * g;
				c = v(c, Math.sqrt(h / g)), l = [(d[0] + p[0]) / 2, (d[1] + p[1]) / 2], u = [(f[0] + m[0]) / 2, (f[1] + m[1]) / 2];
			} else if (r.touch0) l = r.touch0[0], u = r.touch0[1];
			else return;
			r.zoom("touch", n(y(c, l, u), r.extent, o));
		}
	}
	function k(e, ...t) {
		if (this.__zooming) {
			var n = S(this, t).event(e), r = e.changedTouches, i = r.length, a, o;
			for (Ec(e), f && clearTimeout(f), f = setTimeout(function() {
				f = null;
			}, p), a = 0; a < i; ++a) o = r[a], n.touch0 && n.touch0[2] === o.identifier ? delete n.touch0 : n.touch1 && n.touch1[2] === o.identifier && delete n.touch1;
			if (n.touch1 && !n.touch0 && (n.touch0 = n.touch1, delete n.touch1), n.touch0) n.touch0[1] = this.__zoom.invert(n.touch0[0]);
			else if (n.end(), n.taps === 2 && (o = fi(o, this), Math.hypot(d[0] - o[0], d[1] - o[1]) < g)) {
				var s = si(this).on("dblclick.zoom");
				s && s.apply(this, arguments);
			}
		}
	}
	return _.wheelDelta = function(e) {
		return arguments.length ? (r = typeof e == "function" ? e : xc(+e), _) : r;
	}, _.filter = function(t) {
		return arguments.length ? (e = typeof t == "function" ? t : xc(!!t), _) : e;
	}, _.touchable = function(e) {
		return arguments.length ? (i = typeof e == "function" ? e : xc(!!e), _) : i;
	}, _.extent = function(e) {
		return arguments.length ? (t = typeof e == "function" ? e : xc([[+e[0][0], +e[0][1]], [+e[1][0], +e[1][1]]]), _) : t;
	}, _.scaleExtent = function(e) {
		return arguments.length ? (a[0] = +e[0], a[1] = +e[1], _) : [a[0], a[1]];
	}, _.translateExtent = function(e) {
		return arguments.length ? (o[0][0] = +e[0][0], o[1][0] = +e[1][0], o[0][1] = +e[0][1], o[1][1] = +e[1][1], _) : [[o[0][0], o[0][1]], [o[1][0], o[1][1]]];
	}, _.constrain = function(e) {
		return arguments.length ? (n = e, _) : n;
	}, _.duration = function(e) {
		return arguments.length ? (s = +e, _) : s;
	}, _.interpolate = function(e) {
		return arguments.length ? (c = e, _) : c;
	}, _.on = function() {
		var e = l.on.apply(l, arguments);
		return e === l ? _ : e;
	}, _.clickDistance = function(e) {
		return arguments.length ? (h = (e = +e) * e, _) : Math.sqrt(h);
	}, _.tapDistance = function(e) {
		return arguments.length ? (g = +e, _) : g;
	}, _;
}
// node_modules/@xyflow/system/dist/esm/index.js
var Fc = {
	error001: (e = "react") => `Seems like you have not used ${e === "svelte" ? "SvelteFlowProvider" : "ReactFlowProvider"} as an ancestor. Help: https://${e}flow.dev/error#001`,
	error002: () => "It looks like you've created a new nodeTypes or edgeTypes object. If this wasn't on purpose please define the nodeTypes/edgeTypes outside of the component or memoize them.",
	error003: (e) => `Node type "${e}" not found. Using fallback type "default".`,
	error004: () => "The parent container needs a width and a height to render the graph.",
	error005: () => "Only child nodes can use a parent extent.",
	error006: () => "Can't create edge. An edge needs a source and a target.",
	error007: (e) => `The old edge with id=${e} does not exist.`,
	error009: (e) => `Marker type "${e}" doesn't exist.`,
	error008: (e, { id: t, sourceHandle: n, targetHandle: r }) => `Couldn't create edge for ${e} handle id: "${e === "source" ? n : r}", edge id: ${t}.`,
	error010: () => "Handle: No node id found. Make sure to only use a Handle inside a custom Node.",
	error011: (e) => `Edge type "${e}" not found. Using fallback type "default".`,
	error012: (e) => `Node with id "${e}" does not exist, it may have been removed. This can happen when a node is deleted before the "onNodeClick" handler is called.`,
	error013: (e = "react") => `It seems that you haven't loaded the styles. Please import '@xyflow/${e}/dist/style.css' or base.css to make sure everything is working properly.`,
	error014: () => "useNodeConnections: No node ID found. Call useNodeConnections inside a custom Node or provide a node ID.",
	error015: () => "It seems that you are trying to drag a node that is not initialized. Please use onNodesChange as explained in the docs.",
	error016: (e) => `Edge with id "${e}" does not exist, it may have been removed. This can happen when an edge is deleted before the "onEdgeClick" handler is called.`
}, Ic = [[-1e400, -1e400], [1e400, 1e400]], Lc = [
	"Enter",
	" ",
	"Escape"
], Rc = {
	"node.a11yDescription.default": "Press enter or space to select a node. Press delete to remove it and escape to cancel.",
	"node.a11yDescription.keyboardDisabled": "Press enter or space to select a node. You can then use the arrow keys to move the node around. Press delete to remove it and escape to cancel.",
	"node.a11yDescription.ariaLiveMessage": ({ direction: e, x: t, y: n }) => `Moved selected node ${e}. New position, x: ${t}, y: ${n}`,
	"edge.a11yDescription.default": "Press enter or space to select an edge. You can then press delete to remove it or escape to cancel.",
	"controls.ariaLabel": "Control Panel",
	"controls.zoomIn.ariaLabel": "Zoom In",
	"controls.zoomOut.ariaLabel": "Zoom Out",
	"controls.fitView.ariaLabel": "Fit View",
	"controls.interactive.ariaLabel": "Toggle Interactivity",
	"minimap.ariaLabel": "Mini Map",
	"handle.ariaLabel": "Handle"
}, zc;
(function(e) {
	e.Strict = "strict", e.Loose = "loose";
})(zc ||= {});
var Bc;
(function(e) {
	e.Free = "free", e.Vertical = "vertical", e.Horizontal = "horizontal";
})(Bc ||= {});
var Vc;
(function(e) {
	e.Partial = "partial", e.Full = "full";
})(Vc ||= {});
var Hc = {
	inProgress: !1,
	isValid: null,
	from: null,
	fromHandle: null,
	fromPosition: null,
	fromNode: null,
	to: null,
	toHandle: null,
	toPosition: null,
	toNode: null,
	pointer: null
}, Uc;
(function(e) {
	e.Bezier = "default", e.Straight = "straight", e.Step = "step", e.SmoothStep = "smoothstep", e.SimpleBezier = "simplebezier";
})(Uc ||= {});
var Wc;
(function(e) {
	e.Arrow = "arrow", e.ArrowClosed = "arrowclosed";
})(Wc ||= {});
var X;
(function(e) {
	e.Left = "left", e.Top = "top", e.Right = "right", e.Bottom = "bottom";
})(X ||= {});
var Gc = {
	[X.Left]: X.Right,
	[X.Right]: X.Left,
	[X.Top]: X.Bottom,
	[X.Bottom]: X.Top
}, Kc = (e) => !!e && typeof e == "object" && "id" in e && "source" in e && "target" in e, qc = (e) => !!e && typeof e == "object" && "id" in e && "position" in e && !("source" in e) && !("target" in e), Jc = (e) => !!e && typeof e == "object" && "id" in e && "internals" in e && !("source" in e) && !("target" in e), Yc = (e, t = [0, 0]) => {
	let { width: n, height: r } = kl(e), i = e.origin ?? t, a = n * i[0], o = r * i[1];
	return {
		x: e.position.x - a,
		y: e.position.y - o
	};
}, Xc = (e, t = { nodeOrigin: [0, 0] }) => {
	if (e.length === 0) return {
		x: 0,
		y: 0,
		width: 0,
		height: 0
	};
	let n = !1, r = e.reduce((e, r) => {
		let i = typeof r == "string", a = !t.nodeLookup && !i ? r : void 0;
		return t.nodeLookup && (a = i ? t.nodeLookup.get(r) : Jc(r) ? r : t.nodeLookup.get(r.id)), a ? (n = !0, ll(e, pl(a, t.nodeOrigin))) : e;
	}, {
		x: 1e400,
		y: 1e400,
		x2: -1e400,
		y2: -1e400
	});
	return n ? dl(r) : {
		x: 0,
		y: 0,
		width: 0,
		height: 0
	};
}, Zc = (e, t = {}) => {
	let n = {
		x: 1e400,
		y: 1e400,
		x2: -1e400,
		y2: -1e400
	}, r = !1;
	return e.forEach((e) => {
		(t.filter === void 0 || t.filter(e)) && (n = ll(n, pl(e)), r = !0);
	}), r ? dl(n) : {
		x: 0,
		y: 0,
		width: 0,
		height: 0
	};
}, Qc = (e, t, [n, r, i] = [
	0,
	0,
	1
], a = !1, o = !1) => {
	let s = (t.x - n) / i, c = (t.y - r) / i, l = t.width / i, u = t.height / i, d = [];
	for (let t of e.values()) {
		let { measured: e, selectable: n = !0, hidden: r = !1 } = t;
		if (o && !n || r) continue;
		let i = e.width ?? t.width ?? t.initialWidth ?? 0, f = e.height ?? t.height ?? t.initialHeight ?? 0, { x: p, y: m } = t.internals.positionAbsolute, h = hl(s, c, l, u, p, m, i, f), g = i * f, _ = a && h > 0;
		(!t.internals.handleBounds || _ || h >= g || t.dragging) && d.push(t);
	}
	return d;
}, $c = (e, t) => {
	let n = /* @__PURE__ */ new Set();
	return e.forEach((e) => {
		n.add(e.id);
	}), t.filter((e) => n.has(e.source) || n.has(e.target));
};
function el(e, t) {
	let n = /* @__PURE__ */ new Map(), r = t?.nodes ? new Set(t.nodes.map((e) => e.id)) : null;
	return e.forEach((e) => {
		let i;
		if (t?.includeHiddenNodes) {
			let { width: t, height: n } = kl(e);
			i = t > 0 && n > 0;
		} else i = !!(e.measured.width && e.measured.height && !e.hidden);
		i && (!r || r.has(e.id)) && n.set(e.id, e);
	}), n;
}
async function tl({ nodes: e, width: t, height: n, panZoom: r, minZoom: i, maxZoom: a }, o) {
	if (e.size === 0) return !0;
	let s = El(Zc(el(e, o)), t, n, o?.minZoom ?? i, o?.maxZoom ?? a, o?.padding ?? .1);
	return await r.setViewport(s, {
		duration: o?.duration,
		ease: o?.ease,
		interpolate: o?.interpolate
	}), !0;
}
function nl({ nodeId: e, nextPosition: t, nodeLookup: n, nodeOrigin: r = [0, 0], nodeExtent: i, onError: a }) {
	let o = n.get(e), s = o.parentId ? n.get(o.parentId) : void 0, { x: c, y: l } = s ? s.internals.positionAbsolute : {
		x: 0,
		y: 0
	}, u = o.origin ?? r, d = o.extent || i;
	if (o.extent === "parent" && !o.expandParent) {
		if (!s) a?.("005", Fc.error005());
		else {
			let { width: e, height: t } = kl(s);
			e && t && (d = [[c, l], [c + e, l + t]]);
		}
	} else s && Ol(o.extent) && (d = [[o.extent[0][0] + c, o.extent[0][1] + l], [o.extent[1][0] + c, o.extent[1][1] + l]]);
	let f = Ol(d) ? al(t, d, o.measured) : t;
	return (o.measured.width === void 0 || o.measured.height === void 0) && a?.("015", Fc.error015()), {
		position: {
			x: f.x - c + (o.measured.width ?? 0) * u[0],
			y: f.y - l + (o.measured.height ?? 0) * u[1]
		},
		positionAbsolute: f
	};
}
async function rl({ nodesToRemove: e = [], edgesToRemove: t = [], nodes: n, edges: r, onBeforeDelete: i }) {
	let a = new Set(e.map((e) => e.id)), o = [];
	for (let e of n) {
		if (e.deletable === !1) continue;
		let t = a.has(e.id), n = !t && e.parentId && o.find((t) => t.id === e.parentId);
		(t || n) && o.push(e);
	}
	let s = new Set(t.map((e) => e.id)), c = r.filter((e) => e.deletable !== !1), l = $c(o, c);
	for (let e of c) s.has(e.id) && !l.find((t) => t.id === e.id) && l.push(e);
	if (!i) return {
		edges: l,
		nodes: o
	};
	let u = await i({
		nodes: o,
		edges: l
	});
	return typeof u == "boolean" ? u ? {
		edges: l,
		nodes: o
	} : {
		edges: [],
		nodes: []
	} : u;
}
var il = (e, t = 0, n = 1) => Math.min(Math.max(e, t), n), al = (e = {
	x: 0,
	y: 0
}, t, n) => ({
	x: il(e.x, t[0][0], t[1][0] - (n?.width ?? 0)),
	y: il(e.y, t[0][1], t[1][1] - (n?.height ?? 0))
});
function ol(e, t, n) {
	let { width: r, height: i } = kl(n), { x: a, y: o } = n.internals.positionAbsolute;
	return al(e, [[a, o], [a + r, o + i]], t);
}
var sl = (e, t, n) => e < t ? il(Math.abs(e - t), 1, t) / t : e > n ? -il(Math.abs(e - n), 1, t) / t : 0, cl = (e, t, n = 15, r = 40) => [sl(e.x, r, t.width - r) * n, sl(e.y, r, t.height - r) * n], ll = (e, t) => ({
	x: Math.min(e.x, t.x),
	y: Math.min(e.y, t.y),
	x2: Math.max(e.x2, t.x2),
	y2: Math.max(e.y2, t.y2)
}), ul = ({ x: e, y: t, width: n, height: r }) => ({
	x: e,
	y: t,
	x2: e + n,
	y2: t + r
}), dl = ({ x: e, y: t, x2: n, y2: r }) => ({
	x: e,
	y: t,
	width: n - e,
	height: r - t
}), fl = (e, t = [0, 0]) => {
	let { x: n, y: r } = Jc(e) ? e.internals.positionAbsolute : Yc(e, t);
	return {
		x: n,
		y: r,
		width: e.measured?.width ?? e.width ?? e.initialWidth ?? 0,
		height: e.measured?.height ?? e.height ?? e.initialHeight ?? 0
	};
}, pl = (e, t = [0, 0]) => {
	let { x: n, y: r } = Jc(e) ? e.internals.positionAbsolute : Yc(e, t);
	return {
		x: n,
		y: r,
		x2: n + (e.measured?.width ?? e.width ?? e.initialWidth ?? 0),
		y2: r + (e.measured?.height ?? e.height ?? e.initialHeight ?? 0)
	};
}, ml = (e, t) => dl(ll(ul(e), ul(t))), hl = (e, t, n, r, i, a, o, s) => {
	let c = Math.max(0, Math.min(e + n, i + o) - Math.max(e, i)), l = Math.max(0, Math.min(t + r, a + s) - Math.max(t, a));
	return Math.ceil(c * l);
}, gl = (e, t) => hl(e.x, e.y, e.width, e.height, t.x, t.y, t.width, t.height), _l = (e) => vl(e.width) && vl(e.height) && vl(e.x) && vl(e.y), vl = (e) => !isNaN(e) && isFinite(e), yl = (e, t) => (e, t) => {}, bl = (e, t = [1, 1]) => ({
	x: t[0] * Math.round(e.x / t[0]),
	y: t[1] * Math.round(e.y / t[1])
}), xl = ({ x: e, y: t }, [n, r, i], a = !1, o = [1, 1]) => {
	let s = {
		x: (e - n) / i,
		y: (t - r) / i
	};
	return a ? bl(s, o) : s;
}, Sl = ({ x: e, y: t }, [n, r, i]) => ({
	x: e * i + n,
	y: t * i + r
});
function Cl(e, t) {
	if (typeof e == "number") return Math.floor((t - t / (1 + e)) * .5);
	if (typeof e == "string" && e.endsWith("px")) {
		let t = parseFloat(e);
		if (!Number.isNaN(t)) return Math.floor(t);
	}
	if (typeof e == "string" && e.endsWith("%")) {
		let n = parseFloat(e);
		if (!Number.isNaN(n)) return Math.floor(t * n * .01);
	}
	return console.error(`The padding value "${e}" is invalid. Please provide a number or a string with a valid unit (px or %).`), 0;
}
function wl(e, t, n) {
	if (typeof e == "string" || typeof e == "number") {
		let r = Cl(e, n), i = Cl(e, t);
		return {
			top: r,
			right: i,
			bottom: r,
			left: i,
			x: i * 2,
			y: r * 2
		};
	}
	if (typeof e == "object") {
		let r = Cl(e.top ?? e.y ?? 0, n), i = Cl(e.bottom ?? e.y ?? 0, n), a = Cl(e.left ?? e.x ?? 0, t), o = Cl(e.right ?? e.x ?? 0, t);
		return {
			top: r,
			right: o,
			bottom: i,
			left: a,
			x: a + o,
			y: r + i
		};
	}
	return {
		top: 0,
		right: 0,
		bottom: 0,
		left: 0,
		x: 0,
		y: 0
	};
}
function Tl(e, t, n, r, i, a) {
	let { x: o, y: s } = Sl(e, [
		t,
		n,
		r
	]), { x: c, y: l } = Sl({
		x: e.x + e.width,
		y: e.y + e.height
	}, [
		t,
		n,
		r
	]), u = i - c, d = a - l;
	return {
		left: Math.floor(o),
		top: Math.floor(s),
		right: Math.floor(u),
		bottom: Math.floor(d)
	};
}
var El = (e, t, n, r, i, a) => {
	let o = wl(a, t, n), s = (t - o.x) / e.width, c = (n - o.y) / e.height, l = il(Math.min(s, c), r, i), u = e.x + e.width / 2, d = e.y + e.height / 2, f = t / 2 - u * l, p = n / 2 - d * l, m = Tl(e, f, p, l, t, n), h = {
		left: Math.min(m.left - o.left, 0),
		top: Math.min(m.top - o.top, 0),
		right: Math.min(m.right - o.right, 0),
		bottom: Math.min(m.bottom - o.bottom, 0)
	};
	return {
		x: f - h.left + h.right,
		y: p - h.top + h.bottom,
		zoom: l
	};
}, Dl = () => typeof navigator < "u" && navigator?.userAgent?.indexOf("Mac") >= 0;
function Ol(e) {
	return e != null && e !== "parent";
}
function kl(e) {
	return {
		width: e.measured?.width ?? e.width ?? e.initialWidth ?? 0,
		height: e.measured?.height ?? e.height ?? e.initialHeight ?? 0
	};
}
function Al(e) {
	return (e.measured?.width ?? e.width ?? e.initialWidth) !== void 0 && (e.measured?.height ?? e.height ?? e.initialHeight) !== void 0;
}
function jl(e, t = {
	width: 0,
	height: 0
}, n, r, i) {
	let a = { ...e }, o = r.get(n);
	if (o) {
		let e = o.origin || i;
		a.x += o.internals.positionAbsolute.x - (t.width ?? 0) * e[0], a.y += o.internals.positionAbsolute.y - (t.height ?? 0) * e[1];
	}
	return a;
}
function Ml(e, t) {
	if (e.size !== t.size) return !1;
	for (let n of e) if (!t.has(n)) return !1;
	return !0;
}
function Nl() {
	let e, t;
	return {
		promise: new Promise((n, r) => {
			e = n, t = r;
		}),
		resolve: e,
		reject: t
	};
}
function Pl(e) {
	return {
		...Rc,
		...e || {}
	};
}
function Fl(e) {
	return e === null ? null : e ? "valid" : "invalid";
}
function Il(e, { snapGrid: t = [0, 0], snapToGrid: n = !1, transform: r, containerBounds: i }) {
	let { x: a, y: o } = Hl(e), s = xl({
		x: a - (i?.left ?? 0),
		y: o - (i?.top ?? 0)
	}, r), { x: c, y: l } = n ? bl(s, t) : s;
	return {
		xSnapped: c,
		ySnapped: l,
		...s
	};
}
var Ll = (e) => ({
	width: e.offsetWidth,
	height: e.offsetHeight
}), Rl = (e) => e?.getRootNode?.() || window?.document, zl = [
	"INPUT",
	"SELECT",
	"TEXTAREA"
];
function Bl(e) {
	let t = e.composedPath?.()?.[0] || e.target;
	return t?.nodeType === 1 ? zl.includes(t.nodeName) || t.hasAttribute("contenteditable") || !!t.closest(".nokey") : !1;
}
var Vl = (e) => "clientX" in e, Hl = (e, t) => {
	let n = Vl(e), r = n ? e.clientX : e.touches?.[0].clientX, i = n ? e.clientY : e.touches?.[0].clientY;
	return {
		x: r - (t?.left ?? 0),
		y: i - (t?.top ?? 0)
	};
}, Ul = (e, t, n, r, i) => {
	let a = t.querySelectorAll(`.${e}`);
	return !a || !a.length ? null : Array.from(a).map((t) => {
		let a = t.getBoundingClientRect();
		return {
			id: t.getAttribute("data-handleid"),
			type: e,
			nodeId: i,
			position: t.getAttribute("data-handlepos"),
			x: (a.left - n.left) / r,
			y: (a.top - n.top) / r,
			...Ll(t)
		};
	});
};
function Wl({ sourceX: e, sourceY: t, targetX: n, targetY: r, sourceControlX: i, sourceControlY: a, targetControlX: o, targetControlY: s }) {
	let c = e * .125 + i * .375 + o * .375 + n * .125, l = t * .125 + a * .375 + s * .375 + r * .125;
	return [
		c,
		l,
		Math.abs(c - e),
		Math.abs(l - t)
	];
}
function Gl(e, t) {
	return e >= 0 ? .5 * e : t * 25 * Math.sqrt(-e);
}
function Kl({ pos: e, x1: t, y1: n, x2: r, y2: i, c: a }) {
	switch (e) {
		case X.Left: return [t - Gl(t - r, a), n];
		case X.Right: return [t + Gl(r - t, a), n];
		case X.Top: return [t, n - Gl(n - i, a)];
		case X.Bottom: return [t, n + Gl(i - n, a)];
	}
}
function ql({ sourceX: e, sourceY: t, sourcePosition: n = X.Bottom, targetX: r, targetY: i, targetPosition: a = X.Top, curvature: o = .25 }) {
	let [s, c] = Kl({
		pos: n,
		x1: e,
		y1: t,
		x2: r,
		y2: i,
		c: o
	}), [l, u] = Kl({
		pos: a,
		x1: r,
		y1: i,
		x2: e,
		y2: t,
		c: o
	}), [d, f, p, m] = Wl({
		sourceX: e,
		sourceY: t,
		targetX: r,
		targetY: i,
		sourceControlX: s,
		sourceControlY: c,
		targetControlX: l,
		targetControlY: u
	});
	return [
		`M${e},${t} C${s},${c} ${l},${u} ${r},${i}`,
		d,
		f,
		p,
		m
	];
}
function Jl({ sourceX: e, sourceY: t, targetX: n, targetY: r }) {
	let i = Math.abs(n - e) / 2, a = n < e ? n + i : n - i, o = Math.abs(r - t) / 2;
	return [
		a,
		r < t ? r + o : r - o,
		i,
		o
	];
}
function Yl({ sourceNode: e, targetNode: t, selected: n = !1, zIndex: r = 0, elevateOnSelect: i = !1, zIndexMode: a = "basic" }) {
	return a === "manual" ? r : (i && n ? r + 1e3 : r) + Math.max(e.parentId || i && e.selected ? e.internals.z : 0, t.parentId || i && t.selected ? t.internals.z : 0);
}
function Xl({ sourceNode: e, targetNode: t, width: n, height: r, transform: i }) {
	let a = ll(pl(e), pl(t));
	return a.x === a.x2 && (a.x2 += 1), a.y === a.y2 && (a.y2 += 1), gl({
		x: -i[0] / i[2],
		y: -i[1] / i[2],
		width: n / i[2],
		height: r / i[2]
	}, dl(a)) > 0;
}
var Zl = ({ source: e, sourceHandle: t, target: n, targetHandle: r }) => `xy-edge__${e}${t || ""}-${n}${r || ""}`, Ql = (e, t) => t.some((t) => t.source === e.source && t.target === e.target && (t.sourceHandle === e.sourceHandle || !t.sourceHandle && !e.sourceHandle) && (t.targetHandle === e.targetHandle || !t.targetHandle && !e.targetHandle)), $l = (e, t, n = {}) => {
	if (!e.source || !e.target) return n.onError?.("006", Fc.error006()), t;
	let r = n.getEdgeId || Zl, i;
	return i = Kc(e) ? { ...e } : {
		...e,
		id: r(e)
	}, Ql(i, t) ? t : (i.sourceHandle === null && delete i.sourceHandle, i.targetHandle === null && delete i.targetHandle, t.concat(i));
};
function eu({ sourceX: e, sourceY: t, targetX: n, targetY: r }) {
	let [i, a, o, s] = Jl({
		sourceX: e,
		sourceY: t,
		targetX: n,
		targetY: r
	});
	return [
		`M ${e},${t}L ${n},${r}`,
		i,
		a,
		o,
		s
	];
}
var tu = {
	[X.Left]: {
		x: -1,
		y: 0
	},
	[X.Right]: {
		x: 1,
		y: 0
	},
	[X.Top]: {
		x: 0,
		y: -1
	},
	[X.Bottom]: {
		x: 0,
		y: 1
	}
}, nu = ({ source: e, sourcePosition: t = X.Bottom, target: n }) => t === X.Left || t === X.Right ? e.x < n.x ? {
	x: 1,
	y: 0
} : {
	x: -1,
	y: 0
} : e.y < n.y ? {
	x: 0,
	y: 1
} : {
	x: 0,
	y: -1
}, ru = (e, t) => Math.sqrt((t.x - e.x) ** 2 + (t.y - e.y) ** 2), iu = (e, t, n) => e.x === t.x && t.x === n.x && (t.y - e.y) * (n.y - t.y) >= 0 || e.y === t.y && t.y === n.y && (t.x - e.x) * (n.x - t.x) >= 0;
function au({ source: e, sourcePosition: t = X.Bottom, target: n, targetPosition: r = X.Top, center: i, offset: a, stepPosition: o }) {
	let s = tu[t], c = tu[r], l = {
		x: e.x + s.x * a,
		y: e.y + s.y * a
	}, u = {
		x: n.x + c.x * a,
		y: n.y + c.y * a
	}, d = nu({
		source: l,
		sourcePosition: t,
		target: u
	}), f = d.x === 0 ? "y" : "x", p = d[f], m = [], h, g, _ = {
		x: 0,
		y: 0
	}, v = {
		x: 0,
		y: 0
	}, [, , y, b] = Jl({
		sourceX: e.x,
		sourceY: e.y,
		targetX: n.x,
		targetY: n.y
	});
	if (s[f] * c[f] === -1) {
		f === "x" ? (h = i.x ?? l.x + (u.x - l.x) * o, g = i.y ?? (l.y + u.y) / 2) : (h = i.x ?? (l.x + u.x) / 2, g = i.y ?? l.y + (u.y - l.y) * o);
		let e = [{
			x: h,
			y: l.y
		}, {
			x: h,
			y: u.y
		}], t = [{
			x: l.x,
			y: g
		}, {
			x: u.x,
			y: g
		}];
		m = s[f] === p ? f === "x" ? e : t : f === "x" ? t : e;
	} else {
		let i = [{
			x: l.x,
			y: u.y
		}], o = [{
			x: u.x,
			y: l.y
		}];
		if (m = f === "x" ? s.x === p ? o : i : s.y === p ? i : o, t === r) {
			let t = Math.abs(e[f] - n[f]);
			if (t <= a) {
				let r = Math.min(a - 1, a - t);
				s[f] === p ? _[f] = (l[f] > e[f] ? -1 : 1) * r : v[f] = (u[f] > n[f] ? -1 : 1) * r;
			}
		}
		if (t !== r) {
			let e = f === "x" ? "y" : "x", t = s[f] === c[e], n = l[e] > u[e], r = l[e] < u[e];
			(s[f] === 1 && (!t && n || t && r) || s[f] !== 1 && (!t && r || t && n)) && (m = f === "x" ? i : o);
		}
		let d = {
			x: l.x + _.x,
			y: l.y + _.y
		}, y = {
			x: u.x + v.x,
			y: u.y + v.y
		};
		Math.max(Math.abs(d.x - m[0].x), Math.abs(y.x - m[0].x)) >= Math.max(Math.abs(d.y - m[0].y), Math.abs(y.y - m[0].y)) ? (h = (d.x + y.x) / 2, g = m[0].y) : (h = m[0].x, g = (d.y + y.y) / 2);
	}
	let x = {
		x: l.x + _.x,
		y: l.y + _.y
	}, S = {
		x: u.x + v.x,
		y: u.y + v.y
	}, C = [];
	for (let t of [
		e,
		x,
		...m,
		S,
		n
	]) {
		let [e, n] = C.slice(-2);
		n && iu(e, n, t) && C.pop(), C.push(t);
	}
	return [
		C,
		h,
		g,
		y,
		b
	];
}
function ou(e, t, n, r) {
	let i = Math.min(ru(e, t) / 2, ru(t, n) / 2, r), { x: a, y: o } = t;
	if (e.x === a && a === n.x || e.y === o && o === n.y) return `L${a} ${o}`;
	if (e.y === o) {
		let t = e.x < n.x ? -1 : 1, r = e.y < n.y ? 1 : -1;
		return `L ${a + i * t},${o}Q ${a},${o} ${a},${o + i * r}`;
	}
	let s = e.x < n.x ? 1 : -1;
	return `L ${a},${o + i * (e.y < n.y ? -1 : 1)}Q ${a},${o} ${a + i * s},${o}`;
}
function su({ sourceX: e, sourceY: t, sourcePosition: n = X.Bottom, targetX: r, targetY: i, targetPosition: a = X.Top, borderRadius: o = 5, centerX: s, centerY: c, offset: l = 20, stepPosition: u = .5 }) {
	let [d, f, p, m, h] = au({
		source: {
			x: e,
			y: t
		},
		sourcePosition: n,
		target: {
			x: r,
			y: i
		},
		targetPosition: a,
		center: {
			x: s,
			y: c
		},
		offset: l,
		stepPosition: u
	}), g = `M${d[0].x} ${d[0].y}`;
	for (let e = 1; e < d.length - 1; e++) g += ou(d[e - 1], d[e], d[e + 1], o);
	return g += `L${d[d.length - 1].x} ${d[d.length - 1].y}`, [
		g,
		f,
		p,
		m,
		h
	];
}
function cu(e) {
	return e && !!(e.internals.handleBounds || e.handles?.length) && !!(e.measured.width || e.width || e.initialWidth);
}
function lu(e) {
	let { sourceNode: t, targetNode: n } = e;
	if (!cu(t) || !cu(n)) return null;
	let r = t.internals.handleBounds || uu(t.handles), i = n.internals.handleBounds || uu(n.handles), a = fu(r?.source ?? [], e.sourceHandle), o = fu(e.connectionMode === zc.Strict ? i?.target ?? [] : (i?.target ?? []).concat(i?.source ?? []), e.targetHandle);
	if (!a || !o) return e.onError?.("008", Fc.error008(a ? "target" : "source", {
		id: e.id,
		sourceHandle: e.sourceHandle,
		targetHandle: e.targetHandle
	})), null;
	let s = a?.position || X.Bottom, c = o?.position || X.Top, l = du(t, a, s), u = du(n, o, c);
	return {
		sourceX: l.x,
		sourceY: l.y,
		targetX: u.x,
		targetY: u.y,
		sourcePosition: s,
		targetPosition: c
	};
}
function uu(e) {
	if (!e) return null;
	let t = [], n = [];
	for (let r of e) r.width = r.width ?? 1, r.height = r.height ?? 1, r.type === "source" ? t.push(r) : r.type === "target" && n.push(r);
	return {
		source: t,
		target: n
	};
}
function du(e, t, n = X.Left, r = !1) {
	let i = (t?.x ?? 0) + e.internals.positionAbsolute.x, a = (t?.y ?? 0) + e.internals.positionAbsolute.y, { width: o, height: s } = t ?? kl(e);
	if (r) return {
		x: i + o / 2,
		y: a + s / 2
	};
	switch (t?.position ?? n) {
		case X.Top: return {
			x: i + o / 2,
			y: a
		};
		case X.Right: return {
			x: i + o,
			y: a + s / 2
		};
		case X.Bottom: return {
			x: i + o / 2,
			y: a + s
		};
		case X.Left: return {
			x: i,
			y: a + s / 2
		};
	}
}
function fu(e, t) {
	return e && (t ? e.find((e) => e.id === t) : e[0]) || null;
}
function pu(e, t) {
	return e ? typeof e == "string" ? e : `${t ? `${t}__` : ""}${Object.keys(e).sort().map((t) => `${t}=${e[t]}`).join("&")}` : "";
}
function mu(e, { id: t, defaultColor: n, defaultMarkerStart: r, defaultMarkerEnd: i }) {
	let a = /* @__PURE__ */ new Set();
	return e.reduce((e, o) => ([o.markerStart || r, o.markerEnd || i].forEach((r) => {
		if (r && typeof r == "object") {
			let i = pu(r, t);
			a.has(i) || (e.push({
				id: i,
				color: r.color || n,
				...r
			}), a.add(i));
		}
	}), e), []).sort((e, t) => e.id.localeCompare(t.id));
}
var hu = 1e3, gu = 10, _u = {
	nodeOrigin: [0, 0],
	nodeExtent: Ic,
	elevateNodesOnSelect: !0,
	zIndexMode: "basic",
	defaults: {}
}, vu = {
	..._u,
	checkEquality: !0
};
function yu(e, t) {
	let n = { ...e };
	for (let e in t) t[e] !== void 0 && (n[e] = t[e]);
	return n;
}
function bu(e, t, n) {
	let r = yu(_u, n);
	for (let n of e.values()) if (n.parentId) Tu(n, e, t, r);
	else {
		let e = al(Yc(n, r.nodeOrigin), Ol(n.extent) ? n.extent : r.nodeExtent, kl(n));
		n.internals.positionAbsolute = e;
	}
}
function xu(e, t) {
	if (!e.handles) return e.measured ? t?.internals.handleBounds : void 0;
	let n = [], r = [];
	for (let t of e.handles) {
		let i = {
			id: t.id,
			width: t.width ?? 1,
			height: t.height ?? 1,
			nodeId: e.id,
			x: t.x,
			y: t.y,
			position: t.position,
			type: t.type
		};
		t.type === "source" ? n.push(i) : t.type === "target" && r.push(i);
	}
	return {
		source: n,
		target: r
	};
}
function Su(e) {
	return e === "manual";
}
function Cu(e, t, n, r = {}) {
	let i = yu(vu, r), a = { i: 0 }, o = new Map(t), s = i?.elevateNodesOnSelect && !Su(i.zIndexMode) ? hu : 0, c = e.length > 0, l = !1;
	t.clear(), n.clear();
	for (let u of e) {
		let e = o.get(u.id);
		if (i.checkEquality && u === e?.internals.userNode) t.set(u.id, e);
		else {
			let n = al(Yc(u, i.nodeOrigin), Ol(u.extent) ? u.extent : i.nodeExtent, kl(u));
			e = {
				...i.defaults,
				...u,
				measured: {
					width: u.measured?.width,
					height: u.measured?.height
				},
				internals: {
					positionAbsolute: n,
					handleBounds: xu(u, e),
					z: Eu(u, s, i.zIndexMode),
					userNode: u
				}
			}, t.set(u.id, e);
		}
		e.measured !== void 0 && e.measured.width !== void 0 && e.measured.height !== void 0 || e.hidden || (c = !1), u.parentId && Tu(e, t, n, r, a), l ||= u.selected ?? !1;
	}
	return {
		nodesInitialized: c,
		hasSelectedNodes: l
	};
}
function wu(e, t) {
	if (!e.parentId) return;
	let n = t.get(e.parentId);
	n ? n.set(e.id, e) : t.set(e.parentId, /* @__PURE__ */ new Map([[e.id, e]]));
}
function Tu(e, t, n, r, i) {
	let { elevateNodesOnSelect: a, nodeOrigin: o, nodeExtent: s, zIndexMode: c } = yu(_u, r), l = e.parentId, u = t.get(l);
	if (!u) {
		console.warn(`Parent node ${l} not found. Please make sure that parent nodes are in front of their child nodes in the nodes array.`);
		return;
	}
	wu(e, n), i && !u.parentId && u.internals.rootParentIndex === void 0 && c === "auto" && (u.internals.rootParentIndex = ++i.i, u.internals.z = u.internals.z + i.i * gu), i && u.internals.rootParentIndex !== void 0 && (i.i = u.internals.rootParentIndex);
	let { x: d, y: f, z: p } = Du(e, u, o, s, a && !Su(c) ? hu : 0, c), { positionAbsolute: m } = e.internals, h = d !== m.x || f !== m.y;
	(h || p !== e.internals.z) && t.set(e.id, {
		...e,
		internals: {
			...e.internals,
			positionAbsolute: h ? {
				x: d,
				y: f
			} : m,
			z: p
		}
	});
}
function Eu(e, t, n) {
	let r = vl(e.zIndex) ? e.zIndex : 0;
	return Su(n) ? r : r + (e.selected ? t : 0);
}
function Du(e, t, n, r, i, a) {
	let { x: o, y: s } = t.internals.positionAbsolute, c = kl(e), l = Yc(e, n), u = Ol(e.extent) ? al(l, e.extent, c) : l, d = al({
		x: o + u.x,
		y: s + u.y
	}, r, c);
	e.extent === "parent" && (d = ol(d, c, t));
	let f = Eu(e, i, a), p = t.internals.z ?? 0;
	return {
		x: d.x,
		y: d.y,
		z: p >= f ? p + 1 : f
	};
}
function Ou(e, t, n, r = [0, 0]) {
	let i = [], a = /* @__PURE__ */ new Map();
	for (let n of e) {
		let e = t.get(n.parentId);
		if (!e) continue;
		let r = ml(a.get(n.parentId)?.expandedRect ?? fl(e), n.rect);
		a.set(n.parentId, {
			expandedRect: r,
			parent: e
		});
	}
	return a.size > 0 && a.forEach(({ expandedRect: t, parent: a }, o) => {
		let s = a.internals.positionAbsolute, c = kl(a), l = a.origin ?? r, u = t.x < s.x ? Math.round(Math.abs(s.x - t.x)) : 0, d = t.y < s.y ? Math.round(Math.abs(s.y - t.y)) : 0, f = Math.max(c.width, Math.round(t.width)), p = Math.max(c.height, Math.round(t.height)), m = (f - c.width) * l[0], h = (p - c.height) * l[1];
		(u > 0 || d > 0 || m || h) && (i.push({
			id: o,
			type: "position",
			position: {
				x: a.position.x - u + m,
				y: a.position.y - d + h
			}
		}), n.get(o)?.forEach((t) => {
			e.some((e) => e.id === t.id) || i.push({
				id: t.id,
				type: "position",
				position: {
					x: t.position.x + u,
					y: t.position.y + d
				}
			});
		})), (c.width < t.width || c.height < t.height || u || d) && i.push({
			id: o,
			type: "dimensions",
			setAttributes: !0,
			dimensions: {
				width: f + (u ? l[0] * u - m : 0),
				height: p + (d ? l[1] * d - h : 0)
			}
		});
	}), i;
}
function ku(e, t, n, r, i, a, o) {
	let s = r?.querySelector(".xyflow__viewport"), c = !1;
	if (!s) return {
		changes: [],
		updatedInternals: c
	};
	let l = [], u = window.getComputedStyle(s), { m22: d } = new window.DOMMatrixReadOnly(u.transform), f = [];
	for (let r of e.values()) {
		let e = t.get(r.id);
		if (!e) continue;
		if (e.hidden) {
			t.set(e.id, {
				...e,
				internals: {
					...e.internals,
					handleBounds: void 0
				}
			}), c = !0;
			continue;
		}
		let s = Ll(r.nodeElement), u = e.measured.width !== s.width || e.measured.height !== s.height;
		if (s.width && s.height && (u || !e.internals.handleBounds || r.force)) {
			let p = r.nodeElement.getBoundingClientRect(), m = Ol(e.extent) ? e.extent : a, { positionAbsolute: h } = e.internals;
			if (e.parentId && e.extent === "parent") {
				let n = t.get(e.parentId);
				n && (h = ol(h, s, n));
			} else m && (h = al(h, m, s));
			let g = {
				...e,
				measured: s,
				internals: {
					...e.internals,
					positionAbsolute: h,
					handleBounds: {
						source: Ul("source", r.nodeElement, p, d, e.id),
						target: Ul("target", r.nodeElement, p, d, e.id)
					}
				}
			};
			t.set(e.id, g), e.parentId && Tu(g, t, n, {
				nodeOrigin: i,
				zIndexMode: o
			}), c = !0, u && (l.push({
				id: e.id,
				type: "dimensions",
				dimensions: s
			}), e.expandParent && e.parentId && f.push({
				id: e.id,
				parentId: e.parentId,
				rect: fl(g, i)
			}));
		}
	}
	if (f.length > 0) {
		let e = Ou(f, t, n, i);
		l.push(...e);
	}
	return {
		changes: l,
		updatedInternals: c
	};
}
async function Au({ delta: e, panZoom: t, transform: n, translateExtent: r, width: i, height: a }) {
	if (!t || !e.x && !e.y) return !1;
	let o = await t.setViewportConstrained({
		x: n[0] + e.x,
		y: n[1] + e.y,
		zoom: n[2]
	}, [[0, 0], [i, a]], r);
	return !!o && (o.x !== n[0] || o.y !== n[1] || o.k !== n[2]);
}
function ju(e, t, n, r, i, a) {
	let o = i, s = r.get(o) || /* @__PURE__ */ new Map();
	r.set(o, s.set(n, t)), o = `${i}-${e}`;
	let c = r.get(o) || /* @__PURE__ */ new Map();
	if (r.set(o, c.set(n, t)), a) {
		o = `${i}-${e}-${a}`;
		let s = r.get(o) || /* @__PURE__ */ new Map();
		r.set(o, s.set(n, t));
	}
}
function Mu(e, t, n) {
	e.clear(), t.clear();
	for (let r of n) {
		let { source: n, target: i, sourceHandle: a = null, targetHandle: o = null } = r, s = {
			edgeId: r.id,
			source: n,
			target: i,
			sourceHandle: a,
			targetHandle: o
		}, c = `${n}-${a}--${i}-${o}`;
		ju("source", s, `${i}-${o}--${n}-${a}`, e, n, a), ju("target", s, c, e, i, o), t.set(r.id, r);
	}
}
function Nu(e, t) {
	if (!e.parentId) return !1;
	let n = t.get(e.parentId);
	return n ? n.selected ? !0 : Nu(n, t) : !1;
}
function Pu(e, t, n) {
	let r = e;
	do {
		if (r?.matches?.(t)) return !0;
		if (r === n) return !1;
		r = r?.parentElement;
	} while (r);
	return !1;
}
function Fu(e, t, n, r, i) {
	let a = /* @__PURE__ */ new Map();
	for (let [o, s] of e) if ((i ? s.id === r : s.selected || s.id === r) && (i || !s.parentId || !Nu(s, e)) && (s.draggable || t && s.draggable === void 0)) {
		let t = e.get(o);
		t && a.set(o, {
			id: o,
			position: t.position || {
				x: 0,
				y: 0
			},
			distance: {
				x: n.x - t.internals.positionAbsolute.x,
				y: n.y - t.internals.positionAbsolute.y
			},
			extent: t.extent,
			parentId: t.parentId,
			origin: t.origin,
			expandParent: t.expandParent,
			internals: { positionAbsolute: t.internals.positionAbsolute || {
				x: 0,
				y: 0
			} },
			measured: {
				width: t.measured.width ?? 0,
				height: t.measured.height ?? 0
			}
		});
	}
	return a;
}
function Iu({ nodeId: e, dragItems: t, nodeLookup: n, dragging: r = !0 }) {
	let i = [];
	for (let [e, a] of t) {
		let t = n.get(e)?.internals.userNode;
		t && i.push({
			...t,
			position: a.position,
			dragging: r
		});
	}
	if (!e) return [i[0], i];
	let a = n.get(e)?.internals.userNode;
	return [a ? {
		...a,
		position: t.get(e)?.position || a.position,
		dragging: r
	} : i[0], i];
}
function Lu({ dragItems: e, snapGrid: t, x: n, y: r }) {
	let i = e.values().next().value;
	if (!i) return null;
	let a = {
		x: n - i.distance.x,
		y: r - i.distance.y
	}, o = bl(a, t);
	return {
		x: o.x - a.x,
		y: o.y - a.y
	};
}
function Ru({ onNodeMouseDown: e, getStoreItems: t, onDragStart: n, onDrag: r, onDragStop: i }) {
	let a = {
		x: null,
		y: null
	}, o = 0, s = /* @__PURE__ */ new Map(), c = !1, l = {
		x: 0,
		y: 0
	}, u = null, d = !1, f = null, p = !1, m = !1, h = null;
	function g({ noDragClassName: g, handleSelector: _, domNode: v, isSelectable: y, nodeId: b, nodeClickDistance: x = 0 }) {
		f = si(v);
		function S({ x: e, y: n }) {
			let { nodeLookup: i, nodeExtent: o, snapGrid: c, snapToGrid: l, nodeOrigin: u, onNodeDrag: d, onSelectionDrag: f, onError: p, updateNodePositions: g } = t();
			a = {
				x: e,
				y: n
			};
			let _ = !1, v = s.size > 1, y = v && o ? ul(Zc(s)) : null, x = v && l ? Lu({
				dragItems: s,
				snapGrid: c,
				x: e,
				y: n
			}) : null;
			for (let [t, r] of s) {
				if (!i.has(t)) continue;
				let a = {
					x: e - r.distance.x,
					y: n - r.distance.y
				};
				l && (a = x ? {
					x: Math.round(a.x + x.x),
					y: Math.round(a.y + x.y)
				} : bl(a, c));
				let s = null;
				if (v && o && !r.extent && y) {
					let { positionAbsolute: e } = r.internals, t = e.x - y.x + o[0][0], n = e.x + r.measured.width - y.x2 + o[1][0], i = e.y - y.y + o[0][1], a = e.y + r.measured.height - y.y2 + o[1][1];
					s = [[t, i], [n, a]];
				}
				let { position: d, positionAbsolute: f } = nl({
					nodeId: t,
					nextPosition: a,
					nodeLookup: i,
					nodeExtent: s || o,
					nodeOrigin: u,
					onError: p
				});
				_ = _ || r.position.x !== d.x || r.position.y !== d.y, r.position = d, r.internals.positionAbsolute = f;
			}
			if (m ||= _, _ && (g(s, !0), h && (r || d || !b && f))) {
				let [e, t] = Iu({
					nodeId: b,
					dragItems: s,
					nodeLookup: i
				});
				r?.(h, s, e, t), d?.(h, e, t), b || f?.(h, t);
			}
		}
		async function C() {
			if (!u) return;
			let { transform: e, panBy: n, autoPanSpeed: r, autoPanOnNodeDrag: i } = t();
			if (!i) {
				c = !1, cancelAnimationFrame(o);
				return;
			}
			let [s, d] = cl(l, u, r);
			(s !== 0 || d !== 0) && (a.x = (a.x ?? 0) - s / e[2], a.y = (a.y ?? 0) - d / e[2], await n({
				x: s,
				y: d
			}) && S(a)), o = requestAnimationFrame(C);
		}
		function w(r) {
			let { nodeLookup: i, multiSelectionActive: o, nodesDraggable: c, transform: l, snapGrid: f, snapToGrid: p, selectNodesOnDrag: m, onNodeDragStart: h, onSelectionDragStart: g, unselectNodesAndEdges: _ } = t();
			d = !0;
			let v = !!b && !o && !i.get(b)?.selected;
			m && y || o || !b || i.get(b)?.selected || _(), y && m && b && e?.(b);
			let x = Il(r.sourceEvent, {
				transform: l,
				snapGrid: f,
				snapToGrid: p,
				containerBounds: u
			});
			if (a = x, s = Fu(i, c, x, b, v), s.size > 0 && (n || h || !b && g)) {
				let [e, t] = Iu({
					nodeId: b,
					dragItems: s,
					nodeLookup: i
				});
				n?.(r.sourceEvent, s, e, t), h?.(r.sourceEvent, e, t), b || g?.(r.sourceEvent, t);
			}
		}
		let T = Ti().clickDistance(x).on("start", (e) => {
			let { domNode: n, nodeDragThreshold: r, transform: i, snapGrid: o, snapToGrid: s } = t();
			u = n?.getBoundingClientRect() || null, p = !1, m = !1, h = e.sourceEvent, r === 0 && w(e), a = Il(e.sourceEvent, {
				transform: i,
				snapGrid: o,
				snapToGrid: s,
				containerBounds: u
			}), l = Hl(e.sourceEvent, u);
		}).on("drag", (e) => {
			let { autoPanOnNodeDrag: n, transform: r, snapGrid: i, snapToGrid: o, nodeDragThreshold: f, nodeLookup: m } = t(), g = Il(e.sourceEvent, {
				transform: r,
				snapGrid: i,
				snapToGrid: o,
				containerBounds: u
			});
			if (h = e.sourceEvent, (e.sourceEvent.type === "touchmove" && e.sourceEvent.touches.length > 1 || b && !m.has(b)) && (p = !0), !p) {
				if (!c && n && d && (c = !0, C()), !d) {
					let t = Hl(e.sourceEvent, u), n = t.x - l.x, r = t.y - l.y;
					Math.sqrt(n * n + r * r) > f && w(e);
				}
				(a.x !== g.xSnapped || a.y !== g.ySnapped) && s && d && (l = Hl(e.sourceEvent, u), S(g));
			}
		}).on("end", (e) => {
			if (!d || p) p && s.size > 0 && t().updateNodePositions(s, !1);
			else if (c = !1, d = !1, cancelAnimationFrame(o), s.size > 0) {
				let { nodeLookup: n, updateNodePositions: r, onNodeDragStop: a, onSelectionDragStop: o } = t();
				if (m &&= (r(s, !1), !1), i || a || !b && o) {
					let [t, r] = Iu({
						nodeId: b,
						dragItems: s,
						nodeLookup: n,
						dragging: !1
					});
					i?.(e.sourceEvent, s, t, r), a?.(e.sourceEvent, t, r), b || o?.(e.sourceEvent, r);
				}
			}
		}).filter((e) => {
			let t = e.target;
			return !e.button && (!g || !Pu(t, `.${g}`, v)) && (!_ || Pu(t, _, v));
		});
		f.call(T);
	}
	function _() {
		f?.on(".drag", null);
	}
	return {
		update: g,
		destroy: _
	};
}
function zu(e, t, n) {
	let r = [], i = {
		x: e.x - n,
		y: e.y - n,
		width: n * 2,
		height: n * 2
	};
	for (let e of t.values()) gl(i, fl(e)) > 0 && r.push(e);
	return r;
}
var Bu = 250;
function Vu(e, t, n, r) {
	let i = [], a = 1e400, o = zu(e, n, t + Bu);
	for (let n of o) {
		let o = [...n.internals.handleBounds?.source ?? [], ...n.internals.handleBounds?.target ?? []];
		for (let s of o) {
			if (r.nodeId === s.nodeId && r.type === s.type && r.id === s.id) continue;
			let { x: o, y: c } = du(n, s, s.position, !0), l = Math.sqrt((o - e.x) ** 2 + (c - e.y) ** 2);
			l > t || (l < a ? (i = [{
				...s,
				x: o,
				y: c
			}], a = l) : l === a && i.push({
				...s,
				x: o,
				y: c
			}));
		}
	}
	if (!i.length) return null;
	if (i.length > 1) {
		let e = r.type === "source" ? "target" : "source";
		return i.find((t) => t.type === e) ?? i[0];
	}
	return i[0];
}
function Hu(e, t, n, r, i, a = !1) {
	let o = r.get(e);
	if (!o) return null;
	let s = i === "strict" ? o.internals.handleBounds?.[t] : [...o.internals.handleBounds?.source ?? [], ...o.internals.handleBounds?.target ?? []], c = (n ? s?.find((e) => e.id === n) : s?.[0]) ?? null;
	return c && a ? {
		...c,
		...du(o, c, c.position, !0)
	} : c;
}
function Uu(e, t) {
	return e || (t?.classList.contains("target") ? "target" : t?.classList.contains("source") ? "source" : null);
}
function Wu(e, t) {
	let n = null;
	return t ? n = !0 : e && !t && (n = !1), n;
}
var Gu = () => !0;
function Ku(e, { connectionMode: t, connectionRadius: n, handleId: r, nodeId: i, edgeUpdaterType: a, isTarget: o, domNode: s, nodeLookup: c, lib: l, autoPanOnConnect: u, flowId: d, panBy: f, cancelConnection: p, onConnectStart: m, onConnect: h, onConnectEnd: g, isValidConnection: _ = Gu, onReconnectEnd: v, updateConnection: y, getTransform: b, getFromHandle: x, autoPanSpeed: S, dragThreshold: C = 1, handleDomNode: w }) {
	let T = Rl(e.target), E = 0, D, { x: O, y: k } = Hl(e), A = Uu(a, w), j = s?.getBoundingClientRect(), M = !1;
	if (!j || !A) return;
	let N = Hu(i, A, r, c, t);
	if (!N) return;
	let P = Hl(e, j), F = !1, ee = null, I = !1, L = null;
	function te() {
		if (!u || !j) return;
		let [e, t] = cl(P, j, S);
		f({
			x: e,
			y: t
		}), E = requestAnimationFrame(te);
	}
	let R = {
		...N,
		nodeId: i,
		type: A,
		position: N.position
	}, ne = c.get(i), z = {
		inProgress: !0,
		isValid: null,
		from: du(ne, R, X.Left, !0),
		fromHandle: R,
		fromPosition: R.position,
		fromNode: ne,
		to: P,
		toHandle: null,
		toPosition: Gc[R.position],
		toNode: null,
		pointer: P
	};
	function re() {
		M = !0, y(z), m?.(e, {
			nodeId: i,
			handleId: r,
			handleType: A
		});
	}
	C === 0 && re();
	function ie(e) {
		if (!M) {
			let { x: t, y: n } = Hl(e), r = t - O, i = n - k;
			if (!(r * r + i * i > C * C)) return;
			re();
		}
		if (!x() || !R) {
			B(e);
			return;
		}
		let a = b();
		P = Hl(e, j), D = Vu(xl(P, a, !1, [1, 1]), n, c, R), F ||= (te(), !0);
		let s = qu(e, {
			handle: D,
			connectionMode: t,
			fromNodeId: i,
			fromHandleId: r,
			fromType: o ? "target" : "source",
			isValidConnection: _,
			doc: T,
			lib: l,
			flowId: d,
			nodeLookup: c
		});
		L = s.handleDomNode, ee = s.connection, I = Wu(!!D, s.isValid);
		let u = c.get(i), f = u ? du(u, R, X.Left, !0) : z.from, p = {
			...z,
			from: f,
			isValid: I,
			to: s.toHandle && I ? Sl({
				x: s.toHandle.x,
				y: s.toHandle.y
			}, a) : P,
			toHandle: s.toHandle,
			toPosition: I && s.toHandle ? s.toHandle.position : Gc[R.position],
			toNode: s.toHandle ? c.get(s.toHandle.nodeId) : null,
			pointer: P
		};
		y(p), z = p;
	}
	function B(e) {
		if (!("touches" in e && e.touches.length > 0)) {
			if (M) {
				(D || L) && ee && I && h?.(ee);
				let { inProgress: t, ...n } = z, r = {
					...n,
					toPosition: z.toHandle ? z.toPosition : null
				};
				g?.(e, r), a && v?.(e, r);
			}
			p(), cancelAnimationFrame(E), F = !1, I = !1, ee = null, L = null, T.removeEventListener("mousemove", ie), T.removeEventListener("mouseup", B), T.removeEventListener("touchmove", ie), T.removeEventListener("touchend", B);
		}
	}
	T.addEventListener("mousemove", ie), T.addEventListener("mouseup", B), T.addEventListener("touchmove", ie), T.addEventListener("touchend", B);
}
function qu(e, { handle: t, connectionMode: n, fromNodeId: r, fromHandleId: i, fromType: a, doc: o, lib: s, flowId: c, isValidConnection: l = Gu, nodeLookup: u }) {
	let d = a === "target", f = t ? o.querySelector(`.${s}-flow__handle[data-id="${c}-${t?.nodeId}-${t?.id}-${t?.type}"]`) : null, { x: p, y: m } = Hl(e), h = o.elementFromPoint(p, m), g = h?.classList.contains(`${s}-flow__handle`) ? h : f, _ = {
		handleDomNode: g,
		isValid: !1,
		connection: null,
		toHandle: null
	};
	if (g) {
		let e = Uu(void 0, g), t = g.getAttribute("data-nodeid"), a = g.getAttribute("data-handleid"), o = g.classList.contains("connectable"), s = g.classList.contains("connectableend");
		if (!t || !e) return _;
		let c = {
			source: d ? t : r,
			sourceHandle: d ? a : i,
			target: d ? r : t,
			targetHandle: d ? i : a
		};
		_.connection = c, _.isValid = o && s && (n === zc.Strict ? d && e === "source" || !d && e === "target" : t !== r || a !== i) && l(c), _.toHandle = Hu(t, e, a, u, n, !0);
	}
	return _;
}
var Ju = {
	onPointerDown: Ku,
	isValid: qu
};
function Yu({ domNode: e, panZoom: t, getTransform: n, getViewScale: r }) {
	let i = si(e);
	function a({ translateExtent: e, width: a, height: o, zoomStep: s = 1, pannable: c = !0, zoomable: l = !0, inversePan: u = !1 }) {
		let d = (e) => {
			if (e.sourceEvent.type !== "wheel" || !t) return;
			let r = n(), i = e.sourceEvent.ctrlKey && Dl() ? 10 : 1, a = -e.sourceEvent.deltaY * (e.sourceEvent.deltaMode === 1 ? .05 : e.sourceEvent.deltaMode ? 1 : .002) * s, o = r[2] * 2 ** (a * i);
			t.scaleTo(o);
		}, f = [0, 0], p = Pc().on("start", (e) => {
			(e.sourceEvent.type === "mousedown" || e.sourceEvent.type === "touchstart") && (f = [e.sourceEvent.clientX ?? e.sourceEvent.touches[0].clientX, e.sourceEvent.clientY ?? e.sourceEvent.touches[0].clientY]);
		}).on("zoom", c ? (i) => {
			let s = n();
			if (i.sourceEvent.type !== "mousemove" && i.sourceEvent.type !== "touchmove" || !t) return;
			let c = [i.sourceEvent.clientX ?? i.sourceEvent.touches[0].clientX, i.sourceEvent.clientY ?? i.sourceEvent.touches[0].clientY], l = [c[0] - f[0], c[1] - f[1]];
			f = c;
			let d = r() * Math.max(s[2], Math.log(s[2])) * (u ? -1 : 1), p = {
				x: s[0] - l[0] * d,
				y: s[1] - l[1] * d
			}, m = [[0, 0], [a, o]];
			t.setViewportConstrained({
				x: p.x,
				y: p.y,
				zoom: s[2]
			}, m, e);
		} : null).on("zoom.wheel", l ? d : null);
		i.call(p, {});
	}
	function o() {
		i.on("zoom", null);
	}
	return {
		update: a,
		destroy: o,
		pointer: fi
	};
}
var Xu = (e) => ({
	x: e.x,
	y: e.y,
	zoom: e.k
}), Zu = ({ x: e, y: t, zoom: n }) => wc.translate(e, t).scale(n), Qu = (e, t) => e.target.closest(`.${t}`), $u = (e, t) => t === 2 && Array.isArray(e) && e.includes(2), ed = (e) => ((e *= 2) <= 1 ? e * e * e : (e -= 2) * e * e + 2) / 2, td = (e, t = 0, n = ed, r = () => {}) => {
	let i = typeof t == "number" && t > 0;
	return i || r(), i ? e.transition().duration(t).ease(n).on("end", r) : e;
}, nd = (e) => {
	let t = e.ctrlKey && Dl() ? 10 : 1;
	return -e.deltaY * (e.deltaMode === 1 ? .05 : e.deltaMode ? 1 : .002) * t;
};
function rd({ zoomPanValues: e, noWheelClassName: t, d3Selection: n, d3Zoom: r, panOnScrollMode: i, panOnScrollSpeed: a, zoomOnPinch: o, onPanZoomStart: s, onPanZoom: c, onPanZoomEnd: l }) {
	return (u) => {
		if (Qu(u, t)) return u.ctrlKey && u.preventDefault(), !1;
		u.preventDefault(), u.stopImmediatePropagation();
		let d = n.property("__zoom").k || 1;
		if (u.ctrlKey && o) {
			let e = fi(u), t = d * 2 ** nd(u);
			r.scaleTo(n, t, e, u);
			return;
		}
		let f = u.deltaMode === 1 ? 20 : 1, p = i === Bc.Vertical ? 0 : u.deltaX * f, m = i === Bc.Horizontal ? 0 : u.deltaY * f;
		!Dl() && u.shiftKey && i !== Bc.Vertical && (p = u.deltaY * f, m = 0), r.translateBy(n, -(p / d) * a, -(m / d) * a, { internal: !0 });
		let h = Xu(n.property("__zoom"));
		clearTimeout(e.panScrollTimeout), e.isPanScrolling ? c?.(u, h) : (e.isPanScrolling = !0, s?.(u, h)), e.panScrollTimeout = setTimeout(() => {
			l?.(u, h), e.isPanScrolling = !1;
		}, 150);
	};
}
function id({ noWheelClassName: e, preventScrolling: t, d3ZoomHandler: n }) {
	return function(r, i) {
		let a = r.type === "wheel", o = !t && a && !r.ctrlKey, s = Qu(r, e);
		if (r.ctrlKey && a && s && r.preventDefault(), o || s) return null;
		r.preventDefault(), n.call(this, r, i);
	};
}
function ad({ zoomPanValues: e, onDraggingChange: t, onPanZoomStart: n }) {
	return (r) => {
		if (r.sourceEvent?.internal) return;
		let i = Xu(r.transform);
		e.mouseButton = r.sourceEvent?.button || 0, e.isZoomingOrPanning = !0, e.prevViewport = i, r.sourceEvent?.type === "mousedown" && t(!0), n && n?.(r.sourceEvent, i);
	};
}
function od({ zoomPanValues: e, panOnDrag: t, onPaneContextMenu: n, onTransformChange: r, onPanZoom: i }) {
	return (a) => {
		e.usedRightMouseButton = !!(n && $u(t, e.mouseButton ?? 0)), a.sourceEvent?.sync || r([
			a.transform.x,
			a.transform.y,
			a.transform.k
		]), i && !a.sourceEvent?.internal && i?.(a.sourceEvent, Xu(a.transform));
	};
}
function sd({ zoomPanValues: e, panOnDrag: t, panOnScroll: n, onDraggingChange: r, onPanZoomEnd: i, onPaneContextMenu: a }) {
	return (o) => {
		if (!o.sourceEvent?.internal && (e.isZoomingOrPanning = !1, a && $u(t, e.mouseButton ?? 0) && !e.usedRightMouseButton && o.sourceEvent && a(o.sourceEvent), e.usedRightMouseButton = !1, r(!1), i)) {
			let t = Xu(o.transform);
			e.prevViewport = t, clearTimeout(e.timerId), e.timerId = setTimeout(() => {
				i?.(o.sourceEvent, t);
			}, n ? 150 : 0);
		}
	};
}
function cd({ panActivationKeyPressed: e, zoomActivationKeyPressed: t, zoomOnScroll: n, zoomOnPinch: r, panOnDrag: i, panOnScroll: a, zoomOnDoubleClick: o, userSelectionActive: s, noWheelClassName: c, noPanClassName: l, lib: u, connectionInProgress: d }) {
	return (f) => {
		let p = t || n, m = r && f.ctrlKey, h = f.type === "wheel";
		if (f.button === 1 && f.type === "mousedown" && (Qu(f, `${u}-flow__node`) || Qu(f, `${u}-flow__edge`) || Qu(f, `${u}-flow__selection`) || Qu(f, `${u}-flow__nodesselection`))) return !0;
		if (!i && !p && !a && !o && !r || s || d && !h || Qu(f, c) && h || Qu(f, l) && (!h || a && h && !t) || !r && f.ctrlKey && h) return !1;
		if (!r && f.type === "touchstart" && f.touches?.length > 1) return f.preventDefault(), !1;
		if (!p && !a && !m && h || !i && (f.type === "mousedown" || f.type === "touchstart") || Array.isArray(i) && !i.includes(f.button) && f.type === "mousedown") return !1;
		let g = Array.isArray(i) && i.includes(f.button) || !f.button || f.button <= 1;
		return (!f.ctrlKey || h || e) && g;
	};
}
function ld({ domNode: e, minZoom: t, maxZoom: n, translateExtent: r, viewport: i, onPanZoom: a, onPanZoomStart: o, onPanZoomEnd: s, onDraggingChange: c }) {
	let l = {
		isZoomingOrPanning: !1,
		usedRightMouseButton: !1,
		prevViewport: {},
		mouseButton: 0,
		timerId: void 0,
		panScrollTimeout: void 0,
		isPanScrolling: !1
	}, u = e.getBoundingClientRect(), d = [[0, 0], [u.width, u.height]], f = typeof ResizeObserver < "u" ? new ResizeObserver((e) => {
		let t = e[0];
		t?.contentRect && (d = [[0, 0], [t.contentRect.width, t.contentRect.height]]);
	}) : null;
	f?.observe(e);
	let p = Pc().extent(() => d).scaleExtent([t, n]).translateExtent(r), m = si(e).call(p);
	b({
		x: i.x,
		y: i.y,
		zoom: il(i.zoom, t, n)
	}, [[0, 0], [u.width, u.height]], r);
	let h = m.on("wheel.zoom"), g = m.on("dblclick.zoom");
	p.wheelDelta(nd);
	async function _(e, t) {
		return m ? new Promise((n) => {
			p?.interpolate(t?.interpolate === "linear" ? so : So).transform(td(m, t?.duration, t?.ease, () => n(!0)), e);
		}) : !1;
	}
	function v({ noWheelClassName: e, noPanClassName: t, onPaneContextMenu: n, userSelectionActive: r, panOnScroll: i, panOnDrag: u, panOnScrollMode: d, panOnScrollSpeed: f, preventScrolling: _, zoomOnPinch: v, zoomOnScroll: y, zoomOnDoubleClick: b, panActivationKeyPressed: x = !1, zoomActivationKeyPressed: S, lib: C, onTransformChange: w, connectionInProgress: T, paneClickDistance: E, selectionOnDrag: D }) {
		r && !l.isZoomingOrPanning && p.on("zoom", null);
		let O = i && !S && !r;
		p.clickDistance(D ? 1e400 : !vl(E) || E < 0 ? 0 : E);
		let k = O ? rd({
			zoomPanValues: l,
			noWheelClassName: e,
			d3Selection: m,
			d3Zoom: p,
			panOnScrollMode: d,
			panOnScrollSpeed: f,
			zoomOnPinch: v,
			onPanZoomStart: o,
			onPanZoom: a,
			onPanZoomEnd: s
		}) : id({
			noWheelClassName: e,
			preventScrolling: _,
			d3ZoomHandler: h
		});
		m.on("wheel.zoom", k, { passive: !1 });
		let A = ad({
			zoomPanValues: l,
			onDraggingChange: c,
			onPanZoomStart: o
		});
		p.on("start", A);
		let j = od({
			zoomPanValues: l,
			panOnDrag: u,
			onPaneContextMenu: !!n,
			onPanZoom: a,
			onTransformChange: w
		});
		p.on("zoom", j);
		let M = sd({
			zoomPanValues: l,
			panOnDrag: u,
			panOnScroll: i,
			onPaneContextMenu: n,
			onPanZoomEnd: s,
			onDraggingChange: c
		});
		p.on("end", M);
		let N = cd({
			panActivationKeyPressed: x,
			zoomActivationKeyPressed: S,
			panOnDrag: u,
			zoomOnScroll: y,
			panOnScroll: i,
			zoomOnDoubleClick: b,
			zoomOnPinch: v,
			userSelectionActive: r,
			noPanClassName: t,
			noWheelClassName: e,
			lib: C,
			connectionInProgress: T
		});
		p.filter(N), b ? m.on("dblclick.zoom", g) : m.on("dblclick.zoom", null);
	}
	function y() {
		p.on("zoom", null), f?.disconnect();
	}
	async function b(e, t, n) {
		let r = Zu(e), i = p?.constrain()(r, t, n);
		return i && await _(i), i;
	}
	async function x(e, t) {
		let n = Zu(e);
		return await _(n, t), n;
	}
	function S(e) {
		if (m) {
			let t = Zu(e), n = m.property("__zoom");
			(n.k !== e.zoom || n.x !== e.x || n.y !== e.y) && p?.transform(m, t, null, { sync: !0 });
		}
	}
	function C() {
		let e = m ? Tc(m.node()) : {
			x: 0,
			y: 0,
			k: 1
		};
		return {
			x: e.x,
			y: e.y,
			zoom: e.k
		};
	}
	async function w(e, t) {
		return m ? new Promise((n) => {
			p?.interpolate(t?.interpolate === "linear" ? so : So).scaleTo(td(m, t?.duration, t?.ease, () => n(!0)), e);
		}) : !1;
	}
	async function T(e, t) {
		return m ? new Promise((n) => {
			p?.interpolate(t?.interpolate === "linear" ? so : So).scaleBy(td(m, t?.duration, t?.ease, () => n(!0)), e);
		}) : !1;
	}
	function E(e) {
		p?.scaleExtent(e);
	}
	function D(e) {
		p?.translateExtent(e);
	}
	function O(e) {
		let t = !vl(e) || e < 0 ? 0 : e;
		p?.clickDistance(t);
	}
	return {
		update: v,
		destroy: y,
		setViewport: x,
		setViewportConstrained: b,
		getViewport: C,
		scaleTo: w,
		scaleBy: T,
		setScaleExtent: E,
		setTranslateExtent: D,
		syncViewport: S,
		setClickDistance: O
	};
}
var ud;
(function(e) {
	e.Line = "line", e.Handle = "handle";
})(ud ||= {});
function dd({ width: e, prevWidth: t, height: n, prevHeight: r, affectsX: i, affectsY: a }) {
	let o = e - t, s = n - r, c = [o > 0 ? 1 : o < 0 ? -1 : 0, s > 0 ? 1 : s < 0 ? -1 : 0];
	return o && i && (c[0] *= -1), s && a && (c[1] *= -1), c;
}
function fd(e) {
	return {
		isHorizontal: e.includes("right") || e.includes("left"),
		isVertical: e.includes("bottom") || e.includes("top"),
		affectsX: e.includes("left"),
		affectsY: e.includes("top")
	};
}
function pd(e, t) {
	return Math.max(0, t - e);
}
function md(e, t) {
	return Math.max(0, e - t);
}
function hd(e, t, n) {
	return Math.max(0, t - e, e - n);
}
function gd(e, t) {
	return e ? !t : t;
}
function _d(e, t, n, r, i, a, o, s) {
	let { affectsX: c, affectsY: l } = t, { isHorizontal: u, isVertical: d } = t, f = u && d, { xSnapped: p, ySnapped: m } = n, { minWidth: h, maxWidth: g, minHeight: _, maxHeight: v } = r, { x: y, y: b, width: x, height: S, aspectRatio: C } = e, w = Math.floor(u ? p - e.pointerX : 0), T = Math.floor(d ? m - e.pointerY : 0), E = x + (c ? -w : w), D = S + (l ? -T : T), O = -a[0] * x, k = -a[1] * S, A = hd(E, h, g), j = hd(D, _, v);
	if (o) {
		let e = 0, t = 0;
		c && w < 0 ? e = pd(y + w + O, o[0][0]) : !c && w > 0 && (e = md(y + E + O, o[1][0])), l && T < 0 ? t = pd(b + T + k, o[0][1]) : !l && T > 0 && (t = md(b + D + k, o[1][1])), A = Math.max(A, e), j = Math.max(j, t);
	}
	if (s) {
		let e = 0, t = 0;
		c && w > 0 ? e = md(y + w, s[0][0]) : !c && w < 0 && (e = pd(y + E, s[1][0])), l && T > 0 ? t = md(b + T, s[0][1]) : !l && T < 0 && (t = pd(b + D, s[1][1])), A = Math.max(A, e), j = Math.max(j, t);
	}
	if (i) {
		if (u) {
			let e = hd(E / C, _, v) * C;
			if (A = Math.max(A, e), o) {
				let e = 0;
				e = !c && !l || c && !l && f ? md(b + k + E / C, o[1][1]) * C : pd(b + k + (c ? w : -w) / C, o[0][1]) * C, A = Math.max(A, e);
			}
			if (s) {
				let e = 0;
				e = !c && !l || c && !l && f ? pd(b + E / C, s[1][1]) * C : md(b + (c ? w : -w) / C, s[0][1]) * C, A = Math.max(A, e);
			}
		}
		if (d) {
			let e = hd(D * C, h, g) / C;
			if (j = Math.max(j, e), o) {
				let e = 0;
				e = !c && !l || l && !c && f ? md(y + D * C + O, o[1][0]) / C : pd(y + (l ? T : -T) * C + O, o[0][0]) / C, j = Math.max(j, e);
			}
			if (s) {
				let e = 0;
				e = !c && !l || l && !c && f ? pd(y + D * C, s[1][0]) / C : md(y + (l ? T : -T) * C, s[0][0]) / C, j = Math.max(j, e);
			}
		}
	}
	T += T < 0 ? j : -j, w += w < 0 ? A : -A, i && (f ? E > D * C ? T = (gd(c, l) ? -w : w) / C : w = (gd(c, l) ? -T : T) * C : u ? (T = w / C, l = c) : (w = T * C, c = l));
	let M = c ? y + w : y, N = l ? b + T : b;
	return {
		width: x + (c ? -w : w),
		height: S + (l ? -T : T),
		x: a[0] * w * (c ? -1 : 1) + M,
		y: a[1] * T * (l ? -1 : 1) + N
	};
}
var vd = {
	width: 0,
	height: 0,
	x: 0,
	y: 0
}, yd = {
	...vd,
	pointerX: 0,
	pointerY: 0,
	aspectRatio: 1
};
function bd(e, t, n) {
	let r = t.position.x + e.position.x, i = t.position.y + e.position.y, a = e.measured.width ?? 0, o = e.measured.height ?? 0, s = n[0] * a, c = n[1] * o;
	return [[r - s, i - c], [r + a - s, i + o - c]];
}
function xd({ domNode: e, nodeId: t, getStoreItems: n, onChange: r, onEnd: i }) {
	let a = si(e), o = {
		controlDirection: fd("bottom-right"),
		boundaries: {
			minWidth: 0,
			minHeight: 0,
			maxWidth: Number.MAX_VALUE,
			maxHeight: Number.MAX_VALUE
		},
		resizeDirection: void 0,
		keepAspectRatio: !1
	};
	function s({ controlPosition: e, boundaries: s, keepAspectRatio: c, resizeDirection: l, onResizeStart: u, onResize: d, onResizeEnd: f, shouldResize: p }) {
		let m = { ...vd }, h = { ...yd };
		o = {
			boundaries: s,
			resizeDirection: l,
			keepAspectRatio: c,
			controlDirection: fd(e)
		};
		let g, _ = null, v = [], y, b, x, S = Ti().on("start", (e) => {
			let { nodeLookup: r, transform: i, snapGrid: a, snapToGrid: o, nodeOrigin: s, paneDomNode: c } = n();
			if (g = r.get(t), !g) return;
			_ = c?.getBoundingClientRect() ?? null;
			let { xSnapped: l, ySnapped: d } = Il(e.sourceEvent, {
				transform: i,
				snapGrid: a,
				snapToGrid: o,
				containerBounds: _
			});
			m = {
				width: g.measured.width ?? 0,
				height: g.measured.height ?? 0,
				x: g.position.x ?? 0,
				y: g.position.y ?? 0
			}, h = {
				...m,
				pointerX: l,
				pointerY: d,
				aspectRatio: m.width / m.height
			}, y = void 0, b = Ol(g.extent) ? g.extent : void 0, g.parentId && (g.extent === "parent" || g.expandParent) && (y = r.get(g.parentId)), y && g.extent === "parent" && (b = [[0, 0], [y.measured.width, y.measured.height]]), v = [], x = void 0;
			for (let [e, n] of r) if (n.parentId === t && (v.push({
				id: e,
				position: { ...n.position },
				extent: n.extent
			}), n.extent === "parent" || n.expandParent)) {
				let e = bd(n, g, n.origin ?? s);
				x = x ? [[Math.min(e[0][0], x[0][0]), Math.min(e[0][1], x[0][1])], [Math.max(e[1][0], x[1][0]), Math.max(e[1][1], x[1][1])]] : e;
			}
			u?.(e, { ...m });
		}).on("drag", (e) => {
			let { transform: t, snapGrid: i, snapToGrid: a, nodeOrigin: s } = n(), c = Il(e.sourceEvent, {
				transform: t,
				snapGrid: i,
				snapToGrid: a,
				containerBounds: _
			}), l = [];
			if (!g) return;
			let { x: u, y: f, width: S, height: C } = m, w = {}, T = g.origin ?? s, { width: E, height: D, x: O, y: k } = _d(h, o.controlDirection, c, o.boundaries, o.keepAspectRatio, T, b, x), A = E !== S, j = D !== C, M = O !== u && A, N = k !== f && j;
			if (!M && !N && !A && !j) return;
			let P = {
				prevValues: { ...m },
				startX: h.x,
				startY: h.y,
				childNodes: v.map((e) => ({
					...e,
					position: { ...e.position }
				}))
			};
			if ((M || N || T[0] === 1 || T[1] === 1) && (w.x = M ? O : m.x, w.y = N ? k : m.y, m.x = w.x, m.y = w.y, v.length > 0)) {
				let e = O - u, t = k - f;
				for (let n of v) n.position = {
					x: n.position.x - e + T[0] * (E - S),
					y: n.position.y - t + T[1] * (D - C)
				}, l.push(n);
			}
			if ((A || j) && (w.width = A && (!o.resizeDirection || o.resizeDirection === "horizontal") ? E : m.width, w.height = j && (!o.resizeDirection || o.resizeDirection === "vertical") ? D : m.height, m.width = w.width, m.height = w.height), y && g.expandParent) {
				let e = T[0] * (w.width ?? 0);
				w.x && w.x < e && (m.x = e, h.x -= w.x - e);
				let t = T[1] * (w.height ?? 0);
				w.y && w.y < t && (m.y = t, h.y -= w.y - t);
			}
			let F = dd({
				width: m.width,
				prevWidth: S,
				height: m.height,
				prevHeight: C,
				affectsX: o.controlDirection.affectsX,
				affectsY: o.controlDirection.affectsY
			}), ee = {
				...m,
				direction: F
			};
			p?.(e, ee) === !1 ? (m = P.prevValues, h.x = P.startX, h.y = P.startY, v.forEach((e, t) => {
				e.position = P.childNodes[t].position;
			})) : (d?.(e, ee), r(w, l));
		}).on("end", (e) => {
			f?.(e, { ...m }), i?.({ ...m });
		});
		a.call(S);
	}
	function c() {
		a.on(".drag", null);
	}
	return {
		update: s,
		destroy: c
	};
}
// node_modules/use-sync-external-store/cjs/use-sync-external-store-shim.production.js
var Sd = /* @__PURE__ */ s(((e) => {
	var t = (en(), d(rt));
	function n(e, t) {
		return e === t && (e !== 0 || 1 / e == 1 / t) || e !== e && t !== t;
	}
	var r = typeof Object.is == "function" ? Object.is : n, i = t.useState, a = t.useEffect, o = t.useLayoutEffect, s = t.useDebugValue;
	function c(e, t) {
		var n = t(), r = i({ inst: {
			value: n,
			getSnapshot: t
		} }), c = r[0].inst, u = r[1];
		return o(function() {
			c.value = n, c.getSnapshot = t, l(c) && u({ inst: c });
		}, [
			e,
			n,
			t
		]), a(function() {
			return l(c) && u({ inst: c }), e(function() {
				l(c) && u({ inst: c });
			});
		}, [e]), s(n), n;
	}
	function l(e) {
		var t = e.getSnapshot;
		e = e.value;
		try {
			var n = t();
			return !r(e, n);
		} catch {
			return !0;
		}
	}
	function u(e, t) {
		return t();
	}
	var f = typeof window > "u" || window.document === void 0 || window.document.createElement === void 0 ? u : c;
	e.useSyncExternalStore = t.useSyncExternalStore === void 0 ? f : t.useSyncExternalStore;
})), Cd = /* @__PURE__ */ s(((e, t) => {
	t.exports = Sd();
})), wd = /* @__PURE__ */ s(((e) => {
	var t = (en(), d(rt)), n = Cd();
	function r(e, t) {
		return e === t && (e !== 0 || 1 / e == 1 / t) || e !== e && t !== t;
	}
	var i = typeof Object.is == "function" ? Object.is : r, a = n.useSyncExternalStore, o = t.useRef, s = t.useEffect, c = t.useMemo, l = t.useDebugValue;
	e.useSyncExternalStoreWithSelector = function(e, t, n, r, u) {
		var d = o(null);
		if (d.current === null) {
			var f = {
				hasValue: !1,
				value: null
			};
			d.current = f;
		} else f = d.current;
		d = c(function() {
			function e(e) {
				if (!a) {
					if (a = !0, o = e, e = r(e), u !== void 0 && f.hasValue) {
						var t = f.value;
						if (u(t, e)) return s = t;
					}
					return s = e;
				}
				if (t = s, i(o, e)) return t;
				var n = r(e);
				return u !== void 0 && u(t, n) ? (o = e, t) : (o = e, s = n);
			}
			var a = !1, o, s, c = n === void 0 ? null : n;
			return [function() {
				return e(t());
			}, c === null ? void 0 : function() {
				return e(c());
			}];
		}, [
			t,
			n,
			r,
			u
		]);
		var p = a(e, d[0], d[1]);
		return s(function() {
			f.hasValue = !0, f.value = p;
		}, [p]), l(p), p;
	};
})), Td = /* @__PURE__ */ u((/* @__PURE__ */ s(((e, t) => {
	t.exports = wd();
})))(), 1), Ed = (e) => {
	let t, n = /* @__PURE__ */ new Set(), r = (e, r) => {
		let i = typeof e == "function" ? e(t) : e;
		if (!Object.is(i, t)) {
			let e = t;
			t = r ?? (typeof i != "object" || !i) ? i : Object.assign({}, t, i), n.forEach((n) => n(t, e));
		}
	}, i = () => t, a = {
		setState: r,
		getState: i,
		getInitialState: () => o,
		subscribe: (e) => (n.add(e), () => n.delete(e)),
		destroy: () => {
			n.clear();
		}
	}, o = t = e(r, i, a);
	return a;
}, Dd = (e) => e ? Ed(e) : Ed, { useDebugValue: Od } = $t, { useSyncExternalStoreWithSelector: kd } = Td.default, Ad = (e) => e;
function jd(e, t = Ad, n) {
	let r = kd(e.subscribe, e.getState, e.getServerState || e.getInitialState, t, n);
	return Od(r), r;
}
var Md = (e, t) => {
	let n = Dd(e), r = (e, r = t) => jd(n, e, r);
	return Object.assign(r, n), r;
}, Nd = (e, t) => e ? Md(e, t) : Md;
// node_modules/zustand/esm/shallow.mjs
function Z(e, t) {
	if (Object.is(e, t)) return !0;
	if (typeof e != "object" || !e || typeof t != "object" || !t) return !1;
	if (e instanceof Map && t instanceof Map) {
		if (e.size !== t.size) return !1;
		for (let [n, r] of e) if (!Object.is(r, t.get(n))) return !1;
		return !0;
	}
	if (e instanceof Set && t instanceof Set) {
		if (e.size !== t.size) return !1;
		for (let n of e) if (!t.has(n)) return !1;
		return !0;
	}
	let n = Object.keys(e);
	if (n.length !== Object.keys(t).length) return !1;
	for (let r of n) if (!Object.prototype.hasOwnProperty.call(t, r) || !Object.is(e[r], t[r])) return !1;
	return !0;
}
// node_modules/@xyflow/react/dist/esm/index.js
en();
var Pd = z(null), Fd = Pd.Provider, Id = Fc.error001("react");
function Q(e, t) {
	let n = Oe(Pd);
	if (n === null) throw Error(Id);
	return jd(n, e, t);
}
function $() {
	let e = Oe(Pd);
	if (e === null) throw Error(Id);
	return W(() => ({
		getState: e.getState,
		setState: e.setState,
		subscribe: e.subscribe
	}), [e]);
}
var Ld = { display: "none" }, Rd = {
	position: "absolute",
	width: 1,
	height: 1,
	margin: -1,
	border: 0,
	padding: 0,
	overflow: "hidden",
	clip: "rect(0px, 0px, 0px, 0px)",
	clipPath: "inset(100%)"
}, zd = "react-flow__node-desc", Bd = "react-flow__edge-desc", Vd = "react-flow__aria-live", Hd = (e) => e.ariaLiveMessage, Ud = (e) => e.ariaLabelConfig;
function Wd({ rfId: e }) {
	let t = Q(Hd);
	return q("div", {
		id: `${Vd}-${e}`,
		"aria-live": "assertive",
		"aria-atomic": "true",
		style: Rd,
		children: t
	});
}
function Gd({ rfId: e, disableKeyboardA11y: t }) {
	let n = Q(Ud);
	return q(_, { children: [
		q("div", {
			id: `${zd}-${e}`,
			style: Ld,
			children: t ? n["node.a11yDescription.default"] : n["node.a11yDescription.keyboardDisabled"]
		}),
		q("div", {
			id: `${Bd}-${e}`,
			style: Ld,
			children: n["edge.a11yDescription.default"]
		}),
		!t && q(Wd, { rfId: e })
	] });
}
var Kd = ot(({ position: e = "top-left", children: t, className: n, style: r, ...i }, a) => q("div", {
	className: Y([
		"react-flow__panel",
		n,
		...`${e}`.split("-")
	]),
	style: r,
	ref: a,
	...i,
	children: t
}));
Kd.displayName = "Panel";
var qd = "https://reactflow.dev?utm_source=attribution";
function Jd({ proOptions: e, position: t = "bottom-right" }) {
	return H(() => {}, []), e?.hideAttribution ? null : q(Kd, {
		position: t,
		className: "react-flow__attribution",
		"data-message": `Please only hide this attribution when you are subscribed to React Flow Pro: ${qd}`,
		children: q("a", {
			href: qd,
			target: "_blank",
			rel: "noopener noreferrer",
			"aria-label": "React Flow attribution",
			children: "React Flow"
		})
	});
}
var Yd = (e) => {
	let t = [], n = [];
	for (let [, n] of e.nodeLookup) n.selected && t.push(n.internals.userNode);
	for (let [, t] of e.edgeLookup) t.selected && n.push(t);
	return {
		selectedNodes: t,
		selectedEdges: n
	};
}, Xd = (e) => e.id;
function Zd(e, t) {
	return Z(e.selectedNodes.map(Xd), t.selectedNodes.map(Xd)) && Z(e.selectedEdges.map(Xd), t.selectedEdges.map(Xd));
}
function Qd({ onSelectionChange: e }) {
	let t = $(), { selectedNodes: n, selectedEdges: r } = Q(Yd, Zd);
	return H(() => {
		let i = {
			nodes: n,
			edges: r
		};
		e?.(i), t.getState().onSelectionChangeHandlers.forEach((e) => e(i));
	}, [
		n,
		r,
		e
	]), null;
}
var $d = (e) => !!e.onSelectionChangeHandlers;
function ef({ onSelectionChange: e }) {
	let t = Q($d);
	return e || t ? q(Qd, { onSelectionChange: e }) : null;
}
var tf = [0, 0], nf = {
	x: 0,
	y: 0,
	zoom: 1
}, rf = [.../* @__PURE__ */ "nodes.edges.defaultNodes.defaultEdges.onConnect.onConnectStart.onConnectEnd.onClickConnectStart.onClickConnectEnd.nodesDraggable.autoPanOnNodeFocus.nodesConnectable.nodesFocusable.edgesFocusable.edgesReconnectable.elevateNodesOnSelect.elevateEdgesOnSelect.minZoom.maxZoom.nodeExtent.onNodesChange.onEdgesChange.elementsSelectable.connectionMode.snapGrid.snapToGrid.translateExtent.connectOnClick.defaultEdgeOptions.fitView.fitViewOptions.onNodesDelete.onEdgesDelete.onDelete.onNodeDrag.onNodeDragStart.onNodeDragStop.onSelectionDrag.onSelectionDragStart.onSelectionDragStop.onMoveStart.onMove.onMoveEnd.noPanClassName.nodeOrigin.autoPanOnConnect.autoPanOnNodeDrag.onError.connectionRadius.isValidConnection.selectNodesOnDrag.nodeDragThreshold.connectionDragThreshold.onBeforeDelete.debug.autoPanSpeed.ariaLabelConfig.zIndexMode".split("."), "rfId"], af = (e) => ({
	setNodes: e.setNodes,
	setEdges: e.setEdges,
	setMinZoom: e.setMinZoom,
	setMaxZoom: e.setMaxZoom,
	setTranslateExtent: e.setTranslateExtent,
	setNodeExtent: e.setNodeExtent,
	reset: e.reset,
	setDefaultNodesAndEdges: e.setDefaultNodesAndEdges
}), of = {
	translateExtent: Ic,
	nodeOrigin: tf,
	minZoom: .5,
	maxZoom: 2,
	elementsSelectable: !0,
	noPanClassName: "nopan",
	rfId: "1"
};
function sf(e) {
	let { setNodes: t, setEdges: n, setMinZoom: r, setMaxZoom: i, setTranslateExtent: a, setNodeExtent: o, reset: s, setDefaultNodesAndEdges: c } = Q(af, Z), l = $();
	H(() => (c(e.defaultNodes, e.defaultEdges), () => {
		u.current = of, s();
	}), []);
	let u = U(of);
	return H(() => {
		for (let s of rf) {
			let c = e[s];
			c !== u.current[s] && e[s] !== void 0 && (s === "nodes" ? t(c) : s === "edges" ? n(c) : s === "minZoom" ? r(c) : s === "maxZoom" ? i(c) : s === "translateExtent" ? a(c) : s === "nodeExtent" ? o(c) : s === "ariaLabelConfig" ? l.setState({ ariaLabelConfig: Pl(c) }) : s === "fitView" ? l.setState({ fitViewQueued: c }) : s === "fitViewOptions" ? l.setState({ fitViewOptions: c }) : l.setState({ [s]: c }));
		}
		u.current = e;
	}, rf.map((t) => e[t])), null;
}
function cf() {
	return typeof window > "u" || !window.matchMedia ? null : window.matchMedia("(prefers-color-scheme: dark)");
}
function lf(e) {
	let [t, n] = V(e === "system" ? null : e);
	return H(() => {
		if (e !== "system") {
			n(e);
			return;
		}
		let t = cf(), r = () => n(t?.matches ? "dark" : "light");
		return r(), t?.addEventListener("change", r), () => {
			t?.removeEventListener("change", r);
		};
	}, [e]), t === null ? cf()?.matches ? "dark" : "light" : t;
}
var uf = typeof document < "u" ? document : null;
function df(e = null, t = {
	target: uf,
	actInsideInputWithModifier: !0
}) {
	let [n, r] = V(!1), i = U(!1), a = U(/* @__PURE__ */ new Set([])), [o, s] = W(() => {
		if (e !== null) {
			let t = (Array.isArray(e) ? e : [e]).filter((e) => typeof e == "string").map((e) => e.replace(/\+/g, "\n").replace("\n\n", "\n+").split("\n"));
			return [t, t.reduce((e, t) => e.concat(...t), [])];
		}
		return [[], []];
	}, [e]);
	return H(() => {
		let n = t?.target ?? uf, c = t?.actInsideInputWithModifier ?? !0;
		if (e !== null) {
			let e = (e) => {
				if (i.current = e.ctrlKey || e.metaKey || e.shiftKey || e.altKey, (!i.current || i.current && !c) && Bl(e)) return !1;
				let n = pf(e.code, s);
				if (a.current.add(e[n]), ff(o, a.current, !1)) {
					let n = e.composedPath?.()?.[0] || e.target, a = n?.nodeName === "BUTTON" || n?.nodeName === "A";
					t.preventDefault !== !1 && (i.current || !a) && e.preventDefault(), r(!0);
				}
			}, l = (e) => {
				let t = pf(e.code, s);
				ff(o, a.current, !0) ? (r(!1), a.current.clear()) : a.current.delete(e[t]), e.key === "Meta" && a.current.clear(), i.current = !1;
			}, u = () => {
				a.current.clear(), r(!1);
			};
			return n?.addEventListener("keydown", e), n?.addEventListener("keyup", l), window.addEventListener("blur", u), window.addEventListener("contextmenu", u), () => {
				n?.removeEventListener("keydown", e), n?.removeEventListener("keyup", l), window.removeEventListener("blur", u), window.removeEventListener("contextmenu", u);
			};
		}
	}, [e, r]), n;
}
function ff(e, t, n) {
	return e.filter((e) => n || e.length === t.size).some((e) => e.every((e) => t.has(e)));
}
function pf(e, t) {
	return t.includes(e) ? "code" : "key";
}
var mf = () => {
	let e = $();
	return W(() => ({
		zoomIn: async (t) => {
			let { panZoom: n } = e.getState();
			return n ? n.scaleBy(1.2, t) : !1;
		},
		zoomOut: async (t) => {
			let { panZoom: n } = e.getState();
			return n ? n.scaleBy(1 / 1.2, t) : !1;
		},
		zoomTo: async (t, n) => {
			let { panZoom: r } = e.getState();
			return r ? r.scaleTo(t, n) : !1;
		},
		getZoom: () => e.getState().transform[2],
		setViewport: async (t, n) => {
			let { transform: [r, i, a], panZoom: o } = e.getState();
			return o ? (await o.setViewport({
				x: t.x ?? r,
				y: t.y ?? i,
				zoom: t.zoom ?? a
			}, n), !0) : !1;
		},
		getViewport: () => {
			let [t, n, r] = e.getState().transform;
			return {
				x: t,
				y: n,
				zoom: r
			};
		},
		setCenter: async (t, n, r) => e.getState().setCenter(t, n, r),
		fitBounds: async (t, n) => {
			let { width: r, height: i, minZoom: a, maxZoom: o, panZoom: s } = e.getState(), c = El(t, r, i, a, o, n?.padding ?? .1);
			return s ? (await s.setViewport(c, {
				duration: n?.duration,
				ease: n?.ease,
				interpolate: n?.interpolate
			}), !0) : !1;
		},
		screenToFlowPosition: (t, n = {}) => {
			let { transform: r, snapGrid: i, snapToGrid: a, domNode: o } = e.getState();
			if (!o) return t;
			let { x: s, y: c } = o.getBoundingClientRect(), l = {
				x: t.x - s,
				y: t.y - c
			}, u = n.snapGrid ?? i;
			return xl(l, r, n.snapToGrid ?? a, u);
		},
		flowToScreenPosition: (t) => {
			let { transform: n, domNode: r } = e.getState();
			if (!r) return t;
			let { x: i, y: a } = r.getBoundingClientRect(), o = Sl(t, n);
			return {
				x: o.x + i,
				y: o.y + a
			};
		}
	}), []);
};
function hf(e, t) {
	let n = [], r = /* @__PURE__ */ new Map(), i = [];
	for (let t of e) if (t.type === "add") {
		i.push(t);
		continue;
	} else if (t.type === "remove" || t.type === "replace") r.set(t.id, [t]);
	else {
		let e = r.get(t.id);
		e ? e.push(t) : r.set(t.id, [t]);
	}
	for (let e of t) {
		let t = r.get(e.id);
		if (!t) {
			n.push(e);
			continue;
		}
		if (t[0].type === "remove") continue;
		if (t[0].type === "replace") {
			n.push({ ...t[0].item });
			continue;
		}
		let i = { ...e };
		for (let e of t) gf(e, i);
		n.push(i);
	}
	return i.length && i.forEach((e) => {
		e.index === void 0 ? n.push({ ...e.item }) : n.splice(e.index, 0, { ...e.item });
	}), n;
}
function gf(e, t) {
	switch (e.type) {
		case "select":
			t.selected = e.selected;
			break;
		case "position":
			e.position !== void 0 && (t.position = e.position), e.dragging !== void 0 && (t.dragging = e.dragging);
			break;
		case "dimensions": e.dimensions !== void 0 && (t.measured = { ...e.dimensions }, e.setAttributes && ((e.setAttributes === !0 || e.setAttributes === "width") && (t.width = e.dimensions.width), (e.setAttributes === !0 || e.setAttributes === "height") && (t.height = e.dimensions.height))), typeof e.resizing == "boolean" && (t.resizing = e.resizing);
	}
}
function _f(e, t) {
	return hf(e, t);
}
function vf(e, t) {
	return hf(e, t);
}
function yf(e, t) {
	return {
		id: e,
		type: "select",
		selected: t
	};
}
function bf(e, t = /* @__PURE__ */ new Set()) {
	let n = [];
	for (let [r, i] of e) {
		let e = t.has(r);
		(i.selected !== void 0 || e) && i.selected !== e && n.push(yf(i.id, e));
	}
	return n;
}
function xf({ items: e = [], lookup: t }) {
	let n = [], r = new Map(e.map((e) => [e.id, e]));
	for (let [r, i] of e.entries()) {
		let e = t.get(i.id), a = e?.internals?.userNode ?? e;
		a !== void 0 && a !== i && n.push({
			id: i.id,
			item: i,
			type: "replace"
		}), a === void 0 && n.push({
			item: i,
			type: "add",
			index: r
		});
	}
	for (let [e] of t) r.get(e) === void 0 && n.push({
		id: e,
		type: "remove"
	});
	return n;
}
function Sf(e) {
	return {
		id: e.id,
		type: "remove"
	};
}
var Cf = yl("React Flow", "https://reactflow.dev/");
function wf(e, t, n = {}) {
	return $l(e, t, {
		...n,
		onError: n.onError ?? Cf
	});
}
var Tf = (e) => qc(e), Ef = (e) => Kc(e);
function Df(e) {
	return ot(e);
}
var Of = typeof window < "u" ? Te : H;
function kf(e) {
	let [t, n] = V(BigInt(0)), [r] = V(() => Af(() => n((e) => e + BigInt(1))));
	return Of(() => {
		let t = r.get();
		t.length && (e(t), r.reset());
	}, [t]), r;
}
function Af(e) {
	let t = [];
	return {
		get: () => t,
		reset: () => {
			t = [];
		},
		push: (n) => {
			t.push(n), e();
		}
	};
}
var jf = z(null);
function Mf({ children: e }) {
	let t = $(), n = kf(De((e) => {
		let { nodes: n = [], setNodes: r, hasDefaultNodes: i, onNodesChange: a, nodeLookup: o, fitViewQueued: s, onNodesChangeMiddlewareMap: c } = t.getState(), l = n;
		for (let t of e) l = typeof t == "function" ? t(l) : t;
		let u = xf({
			items: l,
			lookup: o
		});
		for (let e of c.values()) u = e(u);
		i && r(l), u.length > 0 ? a?.(u) : s && window.requestAnimationFrame(() => {
			let { fitViewQueued: e, nodes: n, setNodes: r } = t.getState();
			e && r(n);
		});
	}, [])), r = kf(De((e) => {
		let { edges: n = [], setEdges: r, hasDefaultEdges: i, onEdgesChange: a, edgeLookup: o } = t.getState(), s = n;
		for (let t of e) s = typeof t == "function" ? t(s) : t;
		i ? r(s) : a && a(xf({
			items: s,
			lookup: o
		}));
	}, [])), i = W(() => ({
		nodeQueue: n,
		edgeQueue: r
	}), []);
	return q(jf.Provider, {
		value: i,
		children: e
	});
}
function Nf() {
	let e = Oe(jf);
	if (!e) throw Error("useBatchContext must be used within a BatchProvider");
	return e;
}
var Pf = (e) => !!e.panZoom;
function Ff() {
	let e = mf(), t = $(), n = Nf(), r = Q(Pf), i = W(() => {
		let e = (e) => t.getState().nodeLookup.get(e), r = (e) => {
			n.nodeQueue.push(e);
		}, i = (e) => {
			n.edgeQueue.push(e);
		}, a = (e) => {
			let { nodeLookup: n, nodeOrigin: r } = t.getState(), i = Tf(e) ? e : n.get(e.id), a = i.parentId ? jl(i.position, i.measured, i.parentId, n, r) : i.position;
			return fl({
				...i,
				position: a,
				width: i.measured?.width ?? i.width,
				height: i.measured?.height ?? i.height
			}, i.parentId ? void 0 : r);
		}, o = (e, t, n = { replace: !1 }) => {
			r((r) => r.map((r) => {
				if (r.id === e) {
					let e = typeof t == "function" ? t(r) : t;
					return n.replace && Tf(e) ? e : {
						...r,
						...e
					};
				}
				return r;
			}));
		}, s = (e, t, n = { replace: !1 }) => {
			i((r) => r.map((r) => {
				if (r.id === e) {
					let e = typeof t == "function" ? t(r) : t;
					return n.replace && Ef(e) ? e : {
						...r,
						...e
					};
				}
				return r;
			}));
		};
		return {
			getNodes: () => t.getState().nodes.map((e) => ({ ...e })),
			getNode: (t) => e(t)?.internals.userNode,
			getInternalNode: e,
			getEdges: () => {
				let { edges: e = [] } = t.getState();
				return e.map((e) => ({ ...e }));
			},
			getEdge: (e) => t.getState().edgeLookup.get(e),
			setNodes: r,
			setEdges: i,
			addNodes: (e) => {
				let t = Array.isArray(e) ? e : [e];
				n.nodeQueue.push((e) => [...e, ...t]);
			},
			addEdges: (e) => {
				let t = Array.isArray(e) ? e : [e];
				n.edgeQueue.push((e) => [...e, ...t]);
			},
			toObject: () => {
				let { nodes: e = [], edges: n = [], transform: r } = t.getState(), [i, a, o] = r;
				return {
					nodes: e.map((e) => ({ ...e })),
					edges: n.map((e) => ({ ...e })),
					viewport: {
						x: i,
						y: a,
						zoom: o
					}
				};
			},
			deleteElements: async ({ nodes: e = [], edges: n = [] }) => {
				let { nodes: r, edges: i, onNodesDelete: a, onEdgesDelete: o, triggerNodeChanges: s, triggerEdgeChanges: c, onDelete: l, onBeforeDelete: u } = t.getState(), { nodes: d, edges: f } = await rl({
					nodesToRemove: e,
					edgesToRemove: n,
					nodes: r,
					edges: i,
					onBeforeDelete: u
				}), p = f.length > 0, m = d.length > 0;
				if (p) {
					let e = f.map(Sf);
					o?.(f), c(e);
				}
				if (m) {
					let e = d.map(Sf);
					a?.(d), s(e);
				}
				return (m || p) && l?.({
					nodes: d,
					edges: f
				}), {
					deletedNodes: d,
					deletedEdges: f
				};
			},
			getIntersectingNodes: (e, n = !0, r) => {
				let i = _l(e), o = i ? e : a(e), s = r !== void 0;
				if (!o) return [];
				let { nodeOrigin: c } = t.getState();
				return (r || t.getState().nodes).filter((r) => {
					let a = t.getState().nodeLookup.get(r.id);
					if (a && !i && (r.id === e.id || !a.internals.positionAbsolute)) return !1;
					let l = fl(s ? r : a, c), u = gl(l, o);
					return n && u > 0 || u >= l.width * l.height || u >= o.width * o.height;
				});
			},
			isNodeIntersecting: (e, t, n = !0) => {
				let r = _l(e) ? e : a(e);
				if (!r) return !1;
				let i = gl(r, t);
				return n && i > 0 || i >= t.width * t.height || i >= r.width * r.height;
			},
			updateNode: o,
			updateNodeData: (e, t, n = { replace: !1 }) => {
				o(e, (e) => {
					let r = typeof t == "function" ? t(e) : t;
					return n.replace ? {
						...e,
						data: r
					} : {
						...e,
						data: {
							...e.data,
							...r
						}
					};
				}, n);
			},
			updateEdge: s,
			updateEdgeData: (e, t, n = { replace: !1 }) => {
				s(e, (e) => {
					let r = typeof t == "function" ? t(e) : t;
					return n.replace ? {
						...e,
						data: r
					} : {
						...e,
						data: {
							...e.data,
							...r
						}
					};
				}, n);
			},
			getNodesBounds: (e) => {
				let { nodeLookup: n, nodeOrigin: r } = t.getState();
				return Xc(e, {
					nodeLookup: n,
					nodeOrigin: r
				});
			},
			getHandleConnections: ({ type: e, id: n, nodeId: r }) => Array.from(t.getState().connectionLookup.get(`${r}-${e}${n ? `-${n}` : ""}`)?.values() ?? []),
			getNodeConnections: ({ type: e, handleId: n, nodeId: r }) => Array.from(t.getState().connectionLookup.get(`${r}${e ? n ? `-${e}-${n}` : `-${e}` : ""}`)?.values() ?? []),
			fitView: async (e) => {
				let r = t.getState().fitViewResolver ?? Nl();
				return t.setState({
					fitViewQueued: !0,
					fitViewOptions: e,
					fitViewResolver: r
				}), n.nodeQueue.push((e) => [...e]), r.promise;
			}
		};
	}, []);
	return W(() => ({
		...i,
		...e,
		viewportInitialized: r
	}), [r]);
}
var If = (e) => e.selected, Lf = typeof window < "u" ? window : void 0;
function Rf({ deleteKeyCode: e, multiSelectionKeyCode: t }) {
	let n = $(), { deleteElements: r } = Ff(), i = df(e, { actInsideInputWithModifier: !1 }), a = df(t, { target: Lf });
	H(() => {
		if (i) {
			let { edges: e, nodes: t } = n.getState();
			r({
				nodes: t.filter(If),
				edges: e.filter(If)
			}), n.setState({ nodesSelectionActive: !1 });
		}
	}, [i]), H(() => {
		n.setState({ multiSelectionActive: a });
	}, [a]);
}
function zf(e) {
	let t = $();
	H(() => {
		let n = () => {
			if (!e.current || !(e.current.checkVisibility?.() ?? !0)) return !1;
			let n = Ll(e.current);
			(n.height === 0 || n.width === 0) && t.getState().onError?.("004", Fc.error004()), t.setState({
				width: n.width || 500,
				height: n.height || 500
			});
		};
		if (e.current) {
			n(), window.addEventListener("resize", n);
			let t = new ResizeObserver(() => n());
			return t.observe(e.current), () => {
				window.removeEventListener("resize", n), t.disconnect();
			};
		}
	}, []);
}
var Bf = {
	position: "absolute",
	width: "100%",
	height: "100%",
	top: 0,
	left: 0
}, Vf = (e) => ({
	userSelectionActive: e.userSelectionActive,
	lib: e.lib,
	connectionInProgress: e.connection.inProgress
});
function Hf({ onPaneContextMenu: e, zoomOnScroll: t = !0, zoomOnPinch: n = !0, panOnScroll: r = !1, panActivationKeyPressed: i, panOnScrollSpeed: a = .5, panOnScrollMode: o = Bc.Free, zoomOnDoubleClick: s = !0, panOnDrag: c = !0, defaultViewport: l, translateExtent: u, minZoom: d, maxZoom: f, zoomActivationKeyCode: p, preventScrolling: m = !0, children: h, noWheelClassName: g, noPanClassName: _, onViewportChange: v, isControlledViewport: y, paneClickDistance: b, selectionOnDrag: x }) {
	let S = $(), C = U(null), { userSelectionActive: w, lib: T, connectionInProgress: E } = Q(Vf, Z), D = df(p), O = U();
	zf(C);
	let k = De((e) => {
		v?.({
			x: e[0],
			y: e[1],
			zoom: e[2]
		}), y || S.setState({ transform: e });
	}, [v, y]);
	return H(() => {
		if (C.current) {
			O.current = ld({
				domNode: C.current,
				minZoom: d,
				maxZoom: f,
				translateExtent: u,
				viewport: l,
				onDraggingChange: (e) => S.setState((t) => t.paneDragging === e ? t : { paneDragging: e }),
				onPanZoomStart: (e, t) => {
					let { onViewportChangeStart: n, onMoveStart: r } = S.getState();
					r?.(e, t), n?.(t);
				},
				onPanZoom: (e, t) => {
					let { onViewportChange: n, onMove: r } = S.getState();
					r?.(e, t), n?.(t);
				},
				onPanZoomEnd: (e, t) => {
					let { onViewportChangeEnd: n, onMoveEnd: r } = S.getState();
					r?.(e, t), n?.(t);
				}
			});
			let { x: e, y: t, zoom: n } = O.current.getViewport();
			return S.setState({
				panZoom: O.current,
				transform: [
					e,
					t,
					n
				],
				domNode: C.current.closest(".react-flow")
			}), () => {
				O.current?.destroy();
			};
		}
	}, []), H(() => {
		O.current?.update({
			onPaneContextMenu: e,
			zoomOnScroll: t,
			zoomOnPinch: n,
			panOnScroll: r,
			panActivationKeyPressed: i,
			panOnScrollSpeed: a,
			panOnScrollMode: o,
			zoomOnDoubleClick: s,
			panOnDrag: c,
			zoomActivationKeyPressed: D,
			preventScrolling: m,
			noPanClassName: _,
			userSelectionActive: w,
			noWheelClassName: g,
			lib: T,
			onTransformChange: k,
			connectionInProgress: E,
			selectionOnDrag: x,
			paneClickDistance: b
		});
	}, [
		e,
		t,
		n,
		r,
		i,
		a,
		o,
		s,
		c,
		D,
		m,
		_,
		w,
		g,
		T,
		k,
		E,
		x,
		b
	]), q("div", {
		className: "react-flow__renderer",
		ref: C,
		style: Bf,
		children: h
	});
}
var Uf = (e) => ({
	userSelectionActive: e.userSelectionActive,
	userSelectionRect: e.userSelectionRect
});
function Wf() {
	let { userSelectionActive: e, userSelectionRect: t } = Q(Uf, Z);
	return e && t ? q("div", {
		className: "react-flow__selection react-flow__container",
		style: {
			width: t.width,
			height: t.height,
			transform: `translate(${t.x}px, ${t.y}px)`
		}
	}) : null;
}
var Gf = (e, t) => (n) => {
	n.target === t.current && e?.(n);
}, Kf = (e) => ({
	userSelectionActive: e.userSelectionActive,
	elementsSelectable: e.elementsSelectable,
	dragging: e.paneDragging,
	panBy: e.panBy,
	autoPanSpeed: e.autoPanSpeed
});
function qf({ isSelecting: e, selectionKeyPressed: t, selectionMode: n = Vc.Full, panOnDrag: r, autoPanOnSelection: i, paneClickDistance: a, selectionOnDrag: o, onSelectionStart: s, onSelectionEnd: c, onPaneClick: l, onPaneContextMenu: u, onPaneScroll: d, onPaneMouseEnter: f, onPaneMouseMove: p, onPaneMouseLeave: m, children: h }) {
	let g = U(0), _ = $(), { userSelectionActive: v, elementsSelectable: y, dragging: b, panBy: x, autoPanSpeed: S } = Q(Kf, Z), C = y && (e || v), w = U(null), T = U(), E = U(/* @__PURE__ */ new Set()), D = U(/* @__PURE__ */ new Set()), O = U(!1), k = U(!1), A = U({
		x: 0,
		y: 0
	}), j = U(!1), M = (e) => {
		if (k.current || O.current || _.getState().connection.inProgress) {
			k.current = !1, O.current = !1;
			return;
		}
		let { connectionClickStartHandle: t, connection: n, onClickConnectEnd: r, resetSelectedElements: i } = _.getState();
		if (t) {
			let t = structuredClone(n);
			delete t.inProgress, t.toPosition = t.toHandle ? t.toHandle.position : null, r?.(e.nativeEvent, t), _.setState({ connectionClickStartHandle: null });
		}
		l?.(e), i(), _.setState({ nodesSelectionActive: !1 });
	}, N = (e) => {
		Array.isArray(r) && r?.includes(2) ? e.preventDefault() : u?.(e);
	}, P = d ? (e) => d(e) : void 0, F = (e) => {
		k.current &&= (e.stopPropagation(), !1);
	}, ee = (n) => {
		if (n.pointerType === "touch" && r !== !1 && !t) return;
		let { domNode: i, transform: a } = _.getState();
		if (T.current = i?.getBoundingClientRect(), !T.current) return;
		let s = n.target === w.current;
		if (!s && n.target.closest(".nokey") || !e || !(o && s || t) || n.button !== 0 || !n.isPrimary) return;
		n.target?.setPointerCapture?.(n.pointerId), k.current = !1;
		let { x: c, y: l } = Hl(n.nativeEvent, T.current), u = xl({
			x: c,
			y: l
		}, a);
		_.setState({ userSelectionRect: {
			width: 0,
			height: 0,
			startX: u.x,
			startY: u.y,
			x: c,
			y: l
		} }), s || (n.stopPropagation(), n.preventDefault());
	};
	function I(e, t) {
		let { userSelectionRect: r } = _.getState();
		if (!r) return;
		let { transform: i, nodeLookup: a, edgeLookup: o, connectionLookup: s, triggerNodeChanges: c, triggerEdgeChanges: l, defaultEdgeOptions: u } = _.getState(), d = {
			x: r.startX,
			y: r.startY
		}, { x: f, y: p } = Sl(d, i), m = {
			startX: d.x,
			startY: d.y,
			x: e < f ? e : f,
			y: t < p ? t : p,
			width: Math.abs(e - f),
			height: Math.abs(t - p)
		}, h = E.current, g = D.current;
		E.current = new Set(Qc(a, m, i, n === Vc.Partial, !0).map((e) => e.id)), D.current = /* @__PURE__ */ new Set();
		let v = u?.selectable ?? !0;
		for (let e of E.current) {
			let t = s.get(e);
			if (t) for (let { edgeId: e } of t.values()) {
				let t = o.get(e);
				t && (t.selectable ?? v) && D.current.add(e);
			}
		}
		Ml(h, E.current) || c(bf(a, E.current)), Ml(g, D.current) || l(bf(o, D.current)), _.setState({
			userSelectionRect: m,
			userSelectionActive: !0,
			nodesSelectionActive: !1
		});
	}
	function L() {
		if (!i || !T.current) return;
		let [e, t] = cl(A.current, T.current, S);
		x({
			x: e,
			y: t
		}).then((e) => {
			if (!k.current || !e) {
				g.current = requestAnimationFrame(L);
				return;
			}
			let { x: t, y: n } = A.current;
			I(t, n), g.current = requestAnimationFrame(L);
		});
	}
	let te = () => {
		cancelAnimationFrame(g.current), g.current = 0, j.current = !1;
	};
	return H(() => () => te(), []), q("div", {
		className: Y(["react-flow__pane", {
			draggable: r === !0 || Array.isArray(r) && r.includes(0),
			dragging: b,
			selection: e
		}]),
		onClick: C ? void 0 : Gf(M, w),
		onContextMenu: Gf(N, w),
		onWheel: Gf(P, w),
		onPointerEnter: C ? void 0 : f,
		onPointerMove: C ? (e) => {
			let { userSelectionRect: n, transform: r, resetSelectedElements: i } = _.getState();
			if (!T.current || !n) return;
			let { x: o, y: c } = Hl(e.nativeEvent, T.current);
			A.current = {
				x: o,
				y: c
			};
			let l = Sl({
				x: n.startX,
				y: n.startY
			}, r);
			if (!k.current) {
				let n = t ? 0 : a;
				if (Math.hypot(o - l.x, c - l.y) <= n) return;
				i(), s?.(e);
			}
			k.current = !0, j.current ||= (L(), !0), I(o, c);
		} : p,
		onPointerUp: (e) => {
			C ? e.button === 0 && (e.target?.releasePointerCapture?.(e.pointerId), !v && e.target === w.current && _.getState().userSelectionRect && M?.(e), _.setState({
				userSelectionActive: !1,
				userSelectionRect: null
			}), k.current && (c?.(e), _.setState({ nodesSelectionActive: E.current.size > 0 })), te()) : e.target === w.current && _.getState().connection.inProgress && (O.current = !0);
		},
		onPointerCancel: C ? (e) => {
			e.target?.releasePointerCapture?.(e.pointerId), te();
		} : void 0,
		onPointerDownCapture: C ? ee : void 0,
		onClickCapture: C ? F : void 0,
		onPointerLeave: m,
		ref: w,
		style: Bf,
		children: [h, q(Wf, {})]
	});
}
function Jf({ id: e, store: t, unselect: n = !1, nodeRef: r }) {
	let { addSelectedNodes: i, unselectNodesAndEdges: a, multiSelectionActive: o, nodeLookup: s, onError: c } = t.getState(), l = s.get(e);
	l ? (t.setState({ nodesSelectionActive: !1 }), l.selected ? (n || l.selected && o) && (a({
		nodes: [l],
		edges: []
	}), requestAnimationFrame(() => r?.current?.blur())) : i([e])) : c?.("012", Fc.error012(e));
}
function Yf({ nodeRef: e, disabled: t = !1, noDragClassName: n, handleSelector: r, nodeId: i, isSelectable: a, nodeClickDistance: o }) {
	let s = $(), [c, l] = V(!1), u = U();
	return H(() => {
		if (!t) return u.current = Ru({
			getStoreItems: () => s.getState(),
			onNodeMouseDown: (t) => {
				Jf({
					id: t,
					store: s,
					nodeRef: e
				});
			},
			onDragStart: () => {
				l(!0);
			},
			onDragStop: () => {
				l(!1);
			}
		}), () => {
			u.current?.destroy(), u.current = void 0;
		};
	}, [
		t,
		s,
		e
	]), H(() => {
		!t && e.current && u.current && u.current.update({
			noDragClassName: n,
			handleSelector: r,
			domNode: e.current,
			isSelectable: a,
			nodeId: i,
			nodeClickDistance: o
		});
	}, [
		n,
		r,
		t,
		a,
		e,
		i,
		o
	]), c;
}
var Xf = (e) => (t) => t.selected && (t.draggable || e && t.draggable === void 0);
function Zf() {
	let e = $();
	return De((t) => {
		let { nodeExtent: n, snapToGrid: r, snapGrid: i, nodesDraggable: a, onError: o, updateNodePositions: s, nodeLookup: c, nodeOrigin: l } = e.getState(), u = /* @__PURE__ */ new Map(), d = Xf(a), f = r ? i[0] : 5, p = r ? i[1] : 5, m = t.direction.x * f * t.factor, h = t.direction.y * p * t.factor;
		for (let [, e] of c) {
			if (!d(e)) continue;
			let t = {
				x: e.internals.positionAbsolute.x + m,
				y: e.internals.positionAbsolute.y + h
			};
			r && (t = bl(t, i));
			let { position: a, positionAbsolute: s } = nl({
				nodeId: e.id,
				nextPosition: t,
				nodeLookup: c,
				nodeExtent: n,
				nodeOrigin: l,
				onError: o
			});
			e.position = a, e.internals.positionAbsolute = s, u.set(e.id, e);
		}
		s(u);
	}, []);
}
var Qf = z(null), $f = Qf.Provider;
Qf.Consumer;
var ep = () => Oe(Qf), tp = (e) => ({
	connectOnClick: e.connectOnClick,
	noPanClassName: e.noPanClassName,
	rfId: e.rfId
}), np = z(null);
function rp({ children: e }) {
	let t = Q(tp, Z);
	return q(np.Provider, {
		value: t,
		children: e
	});
}
function ip() {
	let e = Oe(np);
	if (!e) throw Error("useHandleConfig must be used within a HandleConfigProvider");
	return e;
}
var ap = {
	connectingFrom: !1,
	connectingTo: !1,
	clickConnecting: !1,
	isPossibleEndHandle: !0,
	connectionInProcess: !1,
	clickConnectionInProcess: !1,
	valid: !1
}, op = (e, t, n) => (r) => {
	let { connectionClickStartHandle: i, connectionMode: a, connection: o } = r, { fromHandle: s, toHandle: c, isValid: l } = o;
	if (!s && !i) return ap;
	let u = c?.nodeId === e && c?.id === t && c?.type === n;
	return {
		connectingFrom: s?.nodeId === e && s?.id === t && s?.type === n,
		connectingTo: u,
		clickConnecting: i?.nodeId === e && i?.id === t && i?.type === n,
		isPossibleEndHandle: a === zc.Strict ? s?.type !== n : e !== s?.nodeId || t !== s?.id,
		connectionInProcess: !!s,
		clickConnectionInProcess: !!i,
		valid: u && l
	};
};
function sp({ type: e = "source", position: t = X.Top, isValidConnection: n, isConnectable: r = !0, isConnectableStart: i = !0, isConnectableEnd: a = !0, id: o, onConnect: s, children: c, className: l, onMouseDown: u, onTouchStart: d, ...f }, p) {
	let m = o || null, h = e === "target", g = $(), _ = ep(), { connectOnClick: v, noPanClassName: y, rfId: b } = ip(), { connectingFrom: x, connectingTo: S, clickConnecting: C, isPossibleEndHandle: w, connectionInProcess: T, clickConnectionInProcess: E, valid: D } = Q(op(_, m, e), Z);
	_ || g.getState().onError?.("010", Fc.error010());
	let O = (e) => {
		let { defaultEdgeOptions: t, onConnect: n, hasDefaultEdges: r } = g.getState(), i = {
			...t,
			...e
		};
		if (r) {
			let { edges: e, setEdges: t, onError: n } = g.getState();
			t(wf(i, e, { onError: n }));
		}
		n?.(i), s?.(i);
	}, k = (e) => {
		if (!_) return;
		let t = Vl(e.nativeEvent);
		if (i && (t && e.button === 0 || !t)) {
			let t = g.getState();
			Ju.onPointerDown(e.nativeEvent, {
				handleDomNode: e.currentTarget,
				autoPanOnConnect: t.autoPanOnConnect,
				connectionMode: t.connectionMode,
				connectionRadius: t.connectionRadius,
				domNode: t.domNode,
				nodeLookup: t.nodeLookup,
				lib: t.lib,
				isTarget: h,
				handleId: m,
				nodeId: _,
				flowId: t.rfId,
				panBy: t.panBy,
				cancelConnection: t.cancelConnection,
				onConnectStart: t.onConnectStart,
				onConnectEnd: (...e) => g.getState().onConnectEnd?.(...e),
				updateConnection: t.updateConnection,
				onConnect: O,
				isValidConnection: n || ((...e) => g.getState().isValidConnection?.(...e) ?? !0),
				getTransform: () => g.getState().transform,
				getFromHandle: () => g.getState().connection.fromHandle,
				autoPanSpeed: t.autoPanSpeed,
				dragThreshold: t.connectionDragThreshold
			});
		}
		t ? u?.(e) : d?.(e);
	};
	return q("div", {
		"data-handleid": m,
		"data-nodeid": _,
		"data-handlepos": t,
		"data-id": `${b}-${_}-${m}-${e}`,
		className: Y([
			"react-flow__handle",
			`react-flow__handle-${t}`,
			"nodrag",
			y,
			l,
			{
				source: !h,
				target: h,
				connectable: r,
				connectablestart: i,
				connectableend: a,
				clickconnecting: C,
				connectingfrom: x,
				connectingto: S,
				valid: D,
				connectionindicator: r && (!T || w) && (T || E ? a : i)
			}
		]),
		onMouseDown: k,
		onTouchStart: k,
		onClick: v ? (t) => {
			let { onClickConnectStart: r, onClickConnectEnd: a, connectionClickStartHandle: o, connectionMode: s, isValidConnection: c, lib: l, rfId: u, nodeLookup: d, connection: f } = g.getState();
			if (!_ || !o && !i) return;
			if (!o) {
				r?.(t.nativeEvent, {
					nodeId: _,
					handleId: m,
					handleType: e
				}), g.setState({ connectionClickStartHandle: {
					nodeId: _,
					type: e,
					id: m
				} });
				return;
			}
			let p = Rl(t.target), h = n || c, { connection: v, isValid: y } = Ju.isValid(t.nativeEvent, {
				handle: {
					nodeId: _,
					id: m,
					type: e
				},
				connectionMode: s,
				fromNodeId: o.nodeId,
				fromHandleId: o.id || null,
				fromType: o.type,
				isValidConnection: h,
				flowId: u,
				doc: p,
				lib: l,
				nodeLookup: d
			});
			y && v && O(v);
			let b = structuredClone(f);
			delete b.inProgress, b.toPosition = b.toHandle ? b.toHandle.position : null, a?.(t, b), g.setState({ connectionClickStartHandle: null });
		} : void 0,
		ref: p,
		...f,
		children: c
	});
}
var cp = J(Df(sp));
function lp({ data: e, isConnectable: t, sourcePosition: n = X.Bottom }) {
	return q(_, { children: [e?.label, q(cp, {
		type: "source",
		position: n,
		isConnectable: t
	})] });
}
function up({ data: e, isConnectable: t, targetPosition: n = X.Top, sourcePosition: r = X.Bottom }) {
	return q(_, { children: [
		q(cp, {
			type: "target",
			position: n,
			isConnectable: t
		}),
		e?.label,
		q(cp, {
			type: "source",
			position: r,
			isConnectable: t
		})
	] });
}
function dp() {
	return null;
}
function fp({ data: e, isConnectable: t, targetPosition: n = X.Top }) {
	return q(_, { children: [q(cp, {
		type: "target",
		position: n,
		isConnectable: t
	}), e?.label] });
}
var pp = {
	ArrowUp: {
		x: 0,
		y: -1
	},
	ArrowDown: {
		x: 0,
		y: 1
	},
	ArrowLeft: {
		x: -1,
		y: 0
	},
	ArrowRight: {
		x: 1,
		y: 0
	}
}, mp = {
	input: lp,
	default: up,
	output: fp,
	group: dp
};
function hp(e) {
	return e.internals.handleBounds === void 0 ? {
		width: e.width ?? e.initialWidth ?? e.style?.width,
		height: e.height ?? e.initialHeight ?? e.style?.height
	} : {
		width: e.width ?? e.style?.width,
		height: e.height ?? e.style?.height
	};
}
var gp = (e) => {
	let { width: t, height: n, x: r, y: i } = Zc(e.nodeLookup, { filter: (e) => !!e.selected });
	return {
		width: vl(t) ? t : null,
		height: vl(n) ? n : null,
		userSelectionActive: e.userSelectionActive,
		transformString: `translate(${e.transform[0]}px,${e.transform[1]}px) scale(${e.transform[2]}) translate(${r}px,${i}px)`
	};
};
function _p({ onSelectionContextMenu: e, noPanClassName: t, disableKeyboardA11y: n }) {
	let r = $(), { width: i, height: a, transformString: o, userSelectionActive: s } = Q(gp, Z), c = Zf(), l = U(null);
	H(() => {
		n || l.current?.focus({ preventScroll: !0 });
	}, [n]);
	let u = !s && i !== null && a !== null;
	if (Yf({
		nodeRef: l,
		disabled: !u
	}), !u) return null;
	let d = e ? (t) => {
		e(t, r.getState().nodes.filter((e) => e.selected));
	} : void 0;
	return q("div", {
		className: Y([
			"react-flow__nodesselection",
			"react-flow__container",
			t
		]),
		style: { transform: o },
		children: q("div", {
			ref: l,
			className: "react-flow__nodesselection-rect",
			onContextMenu: d,
			tabIndex: n ? void 0 : -1,
			onKeyDown: n ? void 0 : (e) => {
				Object.prototype.hasOwnProperty.call(pp, e.key) && (e.preventDefault(), c({
					direction: pp[e.key],
					factor: e.shiftKey ? 4 : 1
				}));
			},
			style: {
				width: i,
				height: a
			}
		})
	});
}
var vp = typeof window < "u" ? window : void 0, yp = (e) => ({
	nodesSelectionActive: e.nodesSelectionActive,
	userSelectionActive: e.userSelectionActive
});
function bp({ children: e, onPaneClick: t, onPaneMouseEnter: n, onPaneMouseMove: r, onPaneMouseLeave: i, onPaneContextMenu: a, onPaneScroll: o, paneClickDistance: s, deleteKeyCode: c, selectionKeyCode: l, selectionOnDrag: u, selectionMode: d, onSelectionStart: f, onSelectionEnd: p, multiSelectionKeyCode: m, panActivationKeyCode: h, zoomActivationKeyCode: g, elementsSelectable: _, zoomOnScroll: v, zoomOnPinch: y, panOnScroll: b, panOnScrollSpeed: x, panOnScrollMode: S, zoomOnDoubleClick: C, panOnDrag: w, autoPanOnSelection: T, defaultViewport: E, translateExtent: D, minZoom: O, maxZoom: k, preventScrolling: A, onSelectionContextMenu: j, noWheelClassName: M, noPanClassName: N, disableKeyboardA11y: P, onViewportChange: F, isControlledViewport: ee }) {
	let { nodesSelectionActive: I, userSelectionActive: L } = Q(yp, Z), te = df(l, { target: vp }), R = df(h, { target: vp }), ne = R || w, z = R || b, re = u && ne !== !0, ie = te || L || re;
	return Rf({
		deleteKeyCode: c,
		multiSelectionKeyCode: m
	}), q(Hf, {
		onPaneContextMenu: a,
		elementsSelectable: _,
		zoomOnScroll: v,
		zoomOnPinch: y,
		panOnScroll: z,
		panActivationKeyPressed: R,
		panOnScrollSpeed: x,
		panOnScrollMode: S,
		zoomOnDoubleClick: C,
		panOnDrag: !te && ne,
		defaultViewport: E,
		translateExtent: D,
		minZoom: O,
		maxZoom: k,
		zoomActivationKeyCode: g,
		preventScrolling: A,
		noWheelClassName: M,
		noPanClassName: N,
		onViewportChange: F,
		isControlledViewport: ee,
		paneClickDistance: s,
		selectionOnDrag: re,
		children: q(qf, {
			onSelectionStart: f,
			onSelectionEnd: p,
			onPaneClick: t,
			onPaneMouseEnter: n,
			onPaneMouseMove: r,
			onPaneMouseLeave: i,
			onPaneContextMenu: a,
			onPaneScroll: o,
			panOnDrag: ne,
			autoPanOnSelection: T,
			isSelecting: !!ie,
			selectionMode: d,
			selectionKeyPressed: te,
			paneClickDistance: s,
			selectionOnDrag: re,
			children: [e, I && q(_p, {
				onSelectionContextMenu: j,
				noPanClassName: N,
				disableKeyboardA11y: P
			})]
		})
	});
}
bp.displayName = "FlowRenderer";
var xp = J(bp), Sp = (e) => (t) => e ? Qc(t.nodeLookup, {
	x: 0,
	y: 0,
	width: t.width,
	height: t.height
}, t.transform, !0).map((e) => e.id) : Array.from(t.nodeLookup.keys());
function Cp(e) {
	return Q(De(Sp(e), [e]), Z);
}
var wp = (e) => e.updateNodeInternals;
function Tp() {
	let e = Q(wp), [t] = V(() => typeof ResizeObserver > "u" ? null : new ResizeObserver((t) => {
		let n = /* @__PURE__ */ new Map();
		t.forEach((e) => {
			let t = e.target.getAttribute("data-id");
			n.set(t, {
				id: t,
				nodeElement: e.target,
				force: !0
			});
		}), e(n);
	}));
	return H(() => () => {
		t?.disconnect();
	}, [t]), t;
}
function Ep({ node: e, nodeType: t, hasDimensions: n, resizeObserver: r }) {
	let i = $(), a = U(null), o = U(null), s = U(e.sourcePosition), c = U(e.targetPosition), l = U(t), u = n && !!e.internals.handleBounds;
	return H(() => {
		!a.current || e.hidden || u && o.current === a.current || (o.current && r?.unobserve(o.current), r?.observe(a.current), o.current = a.current);
	}, [u, e.hidden]), H(() => () => {
		o.current &&= (r?.unobserve(o.current), null);
	}, []), H(() => {
		if (a.current) {
			let n = l.current !== t, r = s.current !== e.sourcePosition, o = c.current !== e.targetPosition;
			(n || r || o) && (l.current = t, s.current = e.sourcePosition, c.current = e.targetPosition, i.getState().updateNodeInternals(/* @__PURE__ */ new Map([[e.id, {
				id: e.id,
				nodeElement: a.current,
				force: !0
			}]])));
		}
	}, [
		e.id,
		t,
		e.sourcePosition,
		e.targetPosition
	]), a;
}
function Dp({ id: e, onClick: t, onMouseEnter: n, onMouseMove: r, onMouseLeave: i, onContextMenu: a, onDoubleClick: o, nodesDraggable: s, elementsSelectable: c, nodesConnectable: l, nodesFocusable: u, resizeObserver: d, noDragClassName: f, noPanClassName: p, disableKeyboardA11y: m, rfId: h, nodeTypes: g, nodeClickDistance: _, onError: v }) {
	let { node: y, internals: b, isParent: x } = Q((t) => {
		let n = t.nodeLookup.get(e), r = t.parentLookup.has(e);
		return {
			node: n,
			internals: n.internals,
			isParent: r
		};
	}, Z), S = y.type || "default", C = g?.[S] || mp[S];
	C === void 0 && (v?.("003", Fc.error003(S)), S = "default", C = g?.default || mp.default);
	let w = !!(y.draggable || s && y.draggable === void 0), T = !!(y.selectable || c && y.selectable === void 0), E = !!(y.connectable || l && y.connectable === void 0), D = !!(y.focusable || u && y.focusable === void 0), O = $(), k = Al(y), A = Ep({
		node: y,
		nodeType: S,
		hasDimensions: k,
		resizeObserver: d
	}), j = Yf({
		nodeRef: A,
		disabled: y.hidden || !w,
		noDragClassName: f,
		handleSelector: y.dragHandle,
		nodeId: e,
		isSelectable: T,
		nodeClickDistance: _
	}), M = Zf();
	if (y.hidden) return null;
	let N = kl(y), P = hp(y), F = T || w || t || n || r || i, ee = n ? (e) => n(e, { ...b.userNode }) : void 0, I = r ? (e) => r(e, { ...b.userNode }) : void 0, L = i ? (e) => i(e, { ...b.userNode }) : void 0, te = a ? (e) => a(e, { ...b.userNode }) : void 0, R = o ? (e) => o(e, { ...b.userNode }) : void 0, ne = (n) => {
		let { selectNodesOnDrag: r, nodeDragThreshold: i } = O.getState();
		T && (!r || !w || i > 0) && Jf({
			id: e,
			store: O,
			nodeRef: A
		}), t && t(n, { ...b.userNode });
	}, z = (t) => {
		if (!(Bl(t.nativeEvent) || m)) {
			if (Lc.includes(t.key) && T) {
				let n = t.key === "Escape";
				Jf({
					id: e,
					store: O,
					unselect: n,
					nodeRef: A
				});
			} else if (w && y.selected && Object.prototype.hasOwnProperty.call(pp, t.key)) {
				t.preventDefault();
				let { ariaLabelConfig: e } = O.getState();
				O.setState({ ariaLiveMessage: e["node.a11yDescription.ariaLiveMessage"]({
					direction: t.key.replace("Arrow", "").toLowerCase(),
					x: ~~b.positionAbsolute.x,
					y: ~~b.positionAbsolute.y
				}) }), M({
					direction: pp[t.key],
					factor: t.shiftKey ? 4 : 1
				});
			}
		}
	}, re = () => {
		if (m || !A.current?.matches(":focus-visible")) return;
		let { transform: t, width: n, height: r, autoPanOnNodeFocus: i, setCenter: a } = O.getState();
		i && (Qc(/* @__PURE__ */ new Map([[e, y]]), {
			x: 0,
			y: 0,
			width: n,
			height: r
		}, t, !0).length > 0 || a(y.position.x + N.width / 2, y.position.y + N.height / 2, { zoom: t[2] }));
	};
	return q("div", {
		className: Y([
			"react-flow__node",
			`react-flow__node-${S}`,
			{ [p]: w },
			y.className,
			{
				selected: y.selected,
				selectable: T,
				parent: x,
				draggable: w,
				dragging: j
			}
		]),
		ref: A,
		style: {
			zIndex: b.z,
			transform: `translate(${b.positionAbsolute.x}px,${b.positionAbsolute.y}px)`,
			pointerEvents: F ? "all" : "none",
			visibility: k ? "visible" : "hidden",
			...y.style,
			...P
		},
		"data-id": e,
		"data-testid": `rf__node-${e}`,
		onMouseEnter: ee,
		onMouseMove: I,
		onMouseLeave: L,
		onContextMenu: te,
		onClick: ne,
		onDoubleClick: R,
		onKeyDown: D ? z : void 0,
		tabIndex: D ? 0 : void 0,
		onFocus: D ? re : void 0,
		role: y.ariaRole ?? (D ? "group" : void 0),
		"aria-roledescription": "node",
		"aria-describedby": m ? void 0 : `${zd}-${h}`,
		"aria-label": y.ariaLabel,
		...y.domAttributes,
		children: q($f, {
			value: e,
			children: q(C, {
				id: e,
				data: y.data,
				type: S,
				positionAbsoluteX: b.positionAbsolute.x,
				positionAbsoluteY: b.positionAbsolute.y,
				selected: y.selected ?? !1,
				selectable: T,
				draggable: w,
				deletable: y.deletable ?? !0,
				isConnectable: E,
				sourcePosition: y.sourcePosition,
				targetPosition: y.targetPosition,
				dragging: j,
				dragHandle: y.dragHandle,
				zIndex: b.z,
				parentId: y.parentId,
				...N
			})
		})
	});
}
var Op = J(Dp), kp = (e) => ({
	nodesConnectable: e.nodesConnectable,
	nodesFocusable: e.nodesFocusable,
	elementsSelectable: e.elementsSelectable,
	onError: e.onError
});
function Ap(e) {
	let { nodesConnectable: t, nodesFocusable: n, elementsSelectable: r, onError: i } = Q(kp, Z), a = Cp(e.onlyRenderVisibleElements), o = Tp();
	return q("div", {
		className: "react-flow__nodes",
		style: Bf,
		children: a.map((a) => q(Op, {
			id: a,
			nodeTypes: e.nodeTypes,
			nodeExtent: e.nodeExtent,
			onClick: e.onNodeClick,
			onMouseEnter: e.onNodeMouseEnter,
			onMouseMove: e.onNodeMouseMove,
			onMouseLeave: e.onNodeMouseLeave,
			onContextMenu: e.onNodeContextMenu,
			onDoubleClick: e.onNodeDoubleClick,
			noDragClassName: e.noDragClassName,
			noPanClassName: e.noPanClassName,
			rfId: e.rfId,
			disableKeyboardA11y: e.disableKeyboardA11y,
			resizeObserver: o,
			nodesDraggable: e.nodesDraggable ?? !0,
			nodesConnectable: t,
			nodesFocusable: n,
			elementsSelectable: r,
			nodeClickDistance: e.nodeClickDistance,
			onError: i
		}, a))
	});
}
Ap.displayName = "NodeRenderer";
var jp = J(Ap);
function Mp(e) {
	return Q(De((t) => {
		if (!e) return t.edges.map((e) => e.id);
		let n = [];
		if (t.width && t.height) for (let e of t.edges) {
			let r = t.nodeLookup.get(e.source), i = t.nodeLookup.get(e.target);
			r && i && Xl({
				sourceNode: r,
				targetNode: i,
				width: t.width,
				height: t.height,
				transform: t.transform
			}) && n.push(e.id);
		}
		return n;
	}, [e]), Z);
}
var Np = ({ color: e = "none", strokeWidth: t = 1 }) => q("polyline", {
	className: "arrow",
	style: {
		strokeWidth: t,
		...e && { stroke: e }
	},
	strokeLinecap: "round",
	fill: "none",
	strokeLinejoin: "round",
	points: "-5,-4 0,0 -5,4"
}), Pp = ({ color: e = "none", strokeWidth: t = 1 }) => q("polyline", {
	className: "arrowclosed",
	style: {
		strokeWidth: t,
		...e && {
			stroke: e,
			fill: e
		}
	},
	strokeLinecap: "round",
	strokeLinejoin: "round",
	points: "-5,-4 0,0 -5,4 -5,-4"
}), Fp = {
	[Wc.Arrow]: Np,
	[Wc.ArrowClosed]: Pp
};
function Ip(e) {
	let t = $();
	return W(() => Object.prototype.hasOwnProperty.call(Fp, e) ? Fp[e] : (t.getState().onError?.("009", Fc.error009(e)), null), [e]);
}
var Lp = ({ id: e, type: t, color: n, width: r = 12.5, height: i = 12.5, markerUnits: a = "strokeWidth", strokeWidth: o, orient: s = "auto-start-reverse" }) => {
	let c = Ip(t);
	return c ? q("marker", {
		className: "react-flow__arrowhead",
		id: e,
		markerWidth: `${r}`,
		markerHeight: `${i}`,
		viewBox: "-10 -10 20 20",
		markerUnits: a,
		orient: s,
		refX: "0",
		refY: "0",
		children: q(c, {
			color: n,
			strokeWidth: o
		})
	}) : null;
}, Rp = ({ defaultColor: e, rfId: t }) => {
	let n = Q((e) => e.edges), r = Q((e) => e.defaultEdgeOptions), i = W(() => mu(n, {
		id: t,
		defaultColor: e,
		defaultMarkerStart: r?.markerStart,
		defaultMarkerEnd: r?.markerEnd
	}), [
		n,
		r,
		t,
		e
	]);
	return i.length ? q("svg", {
		className: "react-flow__marker",
		"aria-hidden": "true",
		children: q("defs", { children: i.map((e) => q(Lp, {
			id: e.id,
			type: e.type,
			color: e.color,
			width: e.width,
			height: e.height,
			markerUnits: e.markerUnits,
			strokeWidth: e.strokeWidth,
			orient: e.orient
		}, e.id)) })
	}) : null;
};
Rp.displayName = "MarkerDefinitions";
var zp = J(Rp);
function Bp({ x: e, y: t, label: n, labelStyle: r, labelShowBg: i = !0, labelBgStyle: a, labelBgPadding: o = [2, 4], labelBgBorderRadius: s = 2, children: c, className: l, ...u }) {
	let [d, f] = V({
		x: 1,
		y: 0,
		width: 0,
		height: 0
	}), p = Y(["react-flow__edge-textwrapper", l]), m = U(null);
	return H(() => {
		if (m.current) {
			let e = m.current.getBBox();
			f({
				x: e.x,
				y: e.y,
				width: e.width,
				height: e.height
			});
		}
	}, [n]), n ? q("g", {
		transform: `translate(${e - d.width / 2} ${t - d.height / 2})`,
		className: p,
		visibility: d.width ? "visible" : "hidden",
		...u,
		children: [
			i && q("rect", {
				width: d.width + 2 * o[0],
				x: -o[0],
				y: -o[1],
				height: d.height + 2 * o[1],
				className: "react-flow__edge-textbg",
				style: a,
				rx: s,
				ry: s
			}),
			q("text", {
				className: "react-flow__edge-text",
				y: d.height / 2,
				dy: "0.3em",
				ref: m,
				style: r,
				children: n
			}),
			c
		]
	}) : null;
}
Bp.displayName = "EdgeText";
var Vp = J(Bp);
function Hp({ path: e, labelX: t, labelY: n, label: r, labelStyle: i, labelShowBg: a, labelBgStyle: o, labelBgPadding: s, labelBgBorderRadius: c, interactionWidth: l = 20, ...u }) {
	return q(_, { children: [
		q("path", {
			...u,
			d: e,
			fill: "none",
			className: Y(["react-flow__edge-path", u.className])
		}),
		l ? q("path", {
			d: e,
			fill: "none",
			strokeOpacity: 0,
			strokeWidth: l,
			className: "react-flow__edge-interaction"
		}) : null,
		r && vl(t) && vl(n) ? q(Vp, {
			x: t,
			y: n,
			label: r,
			labelStyle: i,
			labelShowBg: a,
			labelBgStyle: o,
			labelBgPadding: s,
			labelBgBorderRadius: c
		}) : null
	] });
}
function Up({ pos: e, x1: t, y1: n, x2: r, y2: i }) {
	return e === X.Left || e === X.Right ? [.5 * (t + r), n] : [t, .5 * (n + i)];
}
function Wp({ sourceX: e, sourceY: t, sourcePosition: n = X.Bottom, targetX: r, targetY: i, targetPosition: a = X.Top }) {
	let [o, s] = Up({
		pos: n,
		x1: e,
		y1: t,
		x2: r,
		y2: i
	}), [c, l] = Up({
		pos: a,
		x1: r,
		y1: i,
		x2: e,
		y2: t
	}), [u, d, f, p] = Wl({
		sourceX: e,
		sourceY: t,
		targetX: r,
		targetY: i,
		sourceControlX: o,
		sourceControlY: s,
		targetControlX: c,
		targetControlY: l
	});
	return [
		`M${e},${t} C${o},${s} ${c},${l} ${r},${i}`,
		u,
		d,
		f,
		p
	];
}
function Gp(e) {
	return J(({ id: t, sourceX: n, sourceY: r, targetX: i, targetY: a, sourcePosition: o, targetPosition: s, label: c, labelStyle: l, labelShowBg: u, labelBgStyle: d, labelBgPadding: f, labelBgBorderRadius: p, style: m, markerEnd: h, markerStart: g, interactionWidth: _ }) => {
		let [v, y, b] = Wp({
			sourceX: n,
			sourceY: r,
			sourcePosition: o,
			targetX: i,
			targetY: a,
			targetPosition: s
		});
		return q(Hp, {
			id: e.isInternal ? void 0 : t,
			path: v,
			labelX: y,
			labelY: b,
			label: c,
			labelStyle: l,
			labelShowBg: u,
			labelBgStyle: d,
			labelBgPadding: f,
			labelBgBorderRadius: p,
			style: m,
			markerEnd: h,
			markerStart: g,
			interactionWidth: _
		});
	});
}
var Kp = Gp({ isInternal: !1 }), qp = Gp({ isInternal: !0 });
Kp.displayName = "SimpleBezierEdge", qp.displayName = "SimpleBezierEdgeInternal";
function Jp(e) {
	return J(({ id: t, sourceX: n, sourceY: r, targetX: i, targetY: a, label: o, labelStyle: s, labelShowBg: c, labelBgStyle: l, labelBgPadding: u, labelBgBorderRadius: d, style: f, sourcePosition: p = X.Bottom, targetPosition: m = X.Top, markerEnd: h, markerStart: g, pathOptions: _, interactionWidth: v }) => {
		let [y, b, x] = su({
			sourceX: n,
			sourceY: r,
			sourcePosition: p,
			targetX: i,
			targetY: a,
			targetPosition: m,
			borderRadius: _?.borderRadius,
			offset: _?.offset,
			stepPosition: _?.stepPosition
		});
		return q(Hp, {
			id: e.isInternal ? void 0 : t,
			path: y,
			labelX: b,
			labelY: x,
			label: o,
			labelStyle: s,
			labelShowBg: c,
			labelBgStyle: l,
			labelBgPadding: u,
			labelBgBorderRadius: d,
			style: f,
			markerEnd: h,
			markerStart: g,
			interactionWidth: v
		});
	});
}
var Yp = Jp({ isInternal: !1 }), Xp = Jp({ isInternal: !0 });
Yp.displayName = "SmoothStepEdge", Xp.displayName = "SmoothStepEdgeInternal";
function Zp(e) {
	return J(({ id: t, ...n }) => {
		let r = e.isInternal ? void 0 : t;
		return q(Yp, {
			...n,
			id: r,
			pathOptions: W(() => ({
				borderRadius: 0,
				offset: n.pathOptions?.offset
			}), [n.pathOptions?.offset])
		});
	});
}
var Qp = Zp({ isInternal: !1 }), $p = Zp({ isInternal: !0 });
Qp.displayName = "StepEdge", $p.displayName = "StepEdgeInternal";
function em(e) {
	return J(({ id: t, sourceX: n, sourceY: r, targetX: i, targetY: a, label: o, labelStyle: s, labelShowBg: c, labelBgStyle: l, labelBgPadding: u, labelBgBorderRadius: d, style: f, markerEnd: p, markerStart: m, interactionWidth: h }) => {
		let [g, _, v] = eu({
			sourceX: n,
			sourceY: r,
			targetX: i,
			targetY: a
		});
		return q(Hp, {
			id: e.isInternal ? void 0 : t,
			path: g,
			labelX: _,
			labelY: v,
			label: o,
			labelStyle: s,
			labelShowBg: c,
			labelBgStyle: l,
			labelBgPadding: u,
			labelBgBorderRadius: d,
			style: f,
			markerEnd: p,
			markerStart: m,
			interactionWidth: h
		});
	});
}
var tm = em({ isInternal: !1 }), nm = em({ isInternal: !0 });
tm.displayName = "StraightEdge", nm.displayName = "StraightEdgeInternal";
function rm(e) {
	return J(({ id: t, sourceX: n, sourceY: r, targetX: i, targetY: a, sourcePosition: o = X.Bottom, targetPosition: s = X.Top, label: c, labelStyle: l, labelShowBg: u, labelBgStyle: d, labelBgPadding: f, labelBgBorderRadius: p, style: m, markerEnd: h, markerStart: g, pathOptions: _, interactionWidth: v }) => {
		let [y, b, x] = ql({
			sourceX: n,
			sourceY: r,
			sourcePosition: o,
			targetX: i,
			targetY: a,
			targetPosition: s,
			curvature: _?.curvature
		});
		return q(Hp, {
			id: e.isInternal ? void 0 : t,
			path: y,
			labelX: b,
			labelY: x,
			label: c,
			labelStyle: l,
			labelShowBg: u,
			labelBgStyle: d,
			labelBgPadding: f,
			labelBgBorderRadius: p,
			style: m,
			markerEnd: h,
			markerStart: g,
			interactionWidth: v
		});
	});
}
var im = rm({ isInternal: !1 }), am = rm({ isInternal: !0 });
im.displayName = "BezierEdge", am.displayName = "BezierEdgeInternal";
var om = {
	default: am,
	straight: nm,
	step: $p,
	smoothstep: Xp,
	simplebezier: qp
}, sm = {
	sourceX: null,
	sourceY: null,
	targetX: null,
	targetY: null,
	sourcePosition: null,
	targetPosition: null,
	zIndex: void 0
}, cm = (e, t, n) => n === X.Left ? e - t : n === X.Right ? e + t : e, lm = (e, t, n) => n === X.Top ? e - t : n === X.Bottom ? e + t : e, um = "react-flow__edgeupdater";
function dm({ position: e, centerX: t, centerY: n, radius: r = 10, onMouseDown: i, onMouseEnter: a, onMouseOut: o, type: s }) {
	return q("circle", {
		onMouseDown: i,
		onMouseEnter: a,
		onMouseOut: o,
		className: Y([um, `${um}-${s}`]),
		cx: cm(t, r, e),
		cy: lm(n, r, e),
		r,
		stroke: "transparent",
		fill: "transparent"
	});
}
function fm({ isReconnectable: e, reconnectRadius: t, edge: n, sourceX: r, sourceY: i, targetX: a, targetY: o, sourcePosition: s, targetPosition: c, onReconnect: l, onReconnectStart: u, onReconnectEnd: d, setReconnecting: f, setUpdateHover: p }) {
	let m = $(), h = (e, t) => {
		if (e.button !== 0) return;
		let { autoPanOnConnect: r, domNode: i, connectionMode: a, connectionRadius: o, lib: s, onConnectStart: c, cancelConnection: p, nodeLookup: h, rfId: g, panBy: _, updateConnection: v } = m.getState(), y = t.type === "target";
		Ju.onPointerDown(e.nativeEvent, {
			autoPanOnConnect: r,
			connectionMode: a,
			connectionRadius: o,
			domNode: i,
			handleId: t.id,
			nodeId: t.nodeId,
			nodeLookup: h,
			isTarget: y,
			edgeUpdaterType: t.type,
			lib: s,
			flowId: g,
			cancelConnection: p,
			panBy: _,
			isValidConnection: (...e) => m.getState().isValidConnection?.(...e) ?? !0,
			onConnect: (e) => l?.(n, e),
			onConnectStart: (r, i) => {
				f(!0), u?.(e, n, t.type), c?.(r, i);
			},
			onConnectEnd: (...e) => m.getState().onConnectEnd?.(...e),
			onReconnectEnd: (e, r) => {
				f(!1), d?.(e, n, t.type, r);
			},
			updateConnection: v,
			getTransform: () => m.getState().transform,
			getFromHandle: () => m.getState().connection.fromHandle,
			dragThreshold: m.getState().connectionDragThreshold,
			handleDomNode: e.currentTarget
		});
	}, g = (e) => h(e, {
		nodeId: n.target,
		id: n.targetHandle ?? null,
		type: "target"
	}), v = (e) => h(e, {
		nodeId: n.source,
		id: n.sourceHandle ?? null,
		type: "source"
	}), y = () => p(!0), b = () => p(!1);
	return q(_, { children: [(e === !0 || e === "source") && q(dm, {
		position: s,
		centerX: r,
		centerY: i,
		radius: t,
		onMouseDown: g,
		onMouseEnter: y,
		onMouseOut: b,
		type: "source"
	}), (e === !0 || e === "target") && q(dm, {
		position: c,
		centerX: a,
		centerY: o,
		radius: t,
		onMouseDown: v,
		onMouseEnter: y,
		onMouseOut: b,
		type: "target"
	})] });
}
function pm({ id: e, edgesFocusable: t, edgesReconnectable: n, elementsSelectable: r, onClick: i, onDoubleClick: a, onContextMenu: o, onMouseEnter: s, onMouseMove: c, onMouseLeave: l, reconnectRadius: u, onReconnect: d, onReconnectStart: f, onReconnectEnd: p, rfId: m, edgeTypes: h, noPanClassName: g, onError: _, disableKeyboardA11y: v }) {
	let y = Q((t) => t.edgeLookup.get(e)), b = Q((e) => e.defaultEdgeOptions);
	y = b ? {
		...b,
		...y
	} : y;
	let x = y.type || "default", S = h?.[x] || om[x];
	S === void 0 && (_?.("011", Fc.error011(x)), x = "default", S = h?.default || om.default);
	let C = !!(y.focusable || t && y.focusable === void 0), w = d !== void 0 && (y.reconnectable || n && y.reconnectable === void 0), T = !!(y.selectable || r && y.selectable === void 0), E = U(null), [D, O] = V(!1), [k, A] = V(!1), j = $(), { zIndex: M = y.zIndex, sourceX: N, sourceY: P, targetX: F, targetY: ee, sourcePosition: I, targetPosition: L } = Q(De((t) => {
		let n = t.nodeLookup.get(y.source), r = t.nodeLookup.get(y.target);
		if (!n || !r) return sm;
		let i = lu({
			id: e,
			sourceNode: n,
			targetNode: r,
			sourceHandle: y.sourceHandle || null,
			targetHandle: y.targetHandle || null,
			connectionMode: t.connectionMode,
			onError: _
		}), a = Yl({
			selected: y.selected,
			zIndex: y.zIndex,
			sourceNode: n,
			targetNode: r,
			elevateOnSelect: t.elevateEdgesOnSelect,
			zIndexMode: t.zIndexMode
		});
		return {
			...i || sm,
			zIndex: a
		};
	}, [
		y.source,
		y.target,
		y.sourceHandle,
		y.targetHandle,
		y.selected,
		y.zIndex,
		_
	]), Z), te = W(() => y.markerStart ? `url('#${pu(y.markerStart, m)}')` : void 0, [y.markerStart, m]), R = W(() => y.markerEnd ? `url('#${pu(y.markerEnd, m)}')` : void 0, [y.markerEnd, m]);
	if (y.hidden || N === null || P === null || F === null || ee === null) return null;
	let ne = (t) => {
		let { addSelectedEdges: n, unselectNodesAndEdges: r, multiSelectionActive: a } = j.getState();
		T && (j.setState({ nodesSelectionActive: !1 }), y.selected && a ? (r({
			nodes: [],
			edges: [y]
		}), E.current?.blur()) : n([e])), i && i(t, y);
	}, z = a ? (e) => {
		a(e, { ...y });
	} : void 0, re = o ? (e) => {
		o(e, { ...y });
	} : void 0, ie = s ? (e) => {
		s(e, { ...y });
	} : void 0, B = c ? (e) => {
		c(e, { ...y });
	} : void 0, ae = l ? (e) => {
		l(e, { ...y });
	} : void 0;
	return q("svg", {
		style: { zIndex: M },
		children: q("g", {
			className: Y([
				"react-flow__edge",
				`react-flow__edge-${x}`,
				y.className,
				g,
				{
					selected: y.selected,
					animated: y.animated,
					inactive: !T && !i,
					updating: D,
					selectable: T
				}
			]),
			onClick: ne,
			onDoubleClick: z,
			onContextMenu: re,
			onMouseEnter: ie,
			onMouseMove: B,
			onMouseLeave: ae,
			onKeyDown: C ? (t) => {
				if (!v && Lc.includes(t.key) && T) {
					let { unselectNodesAndEdges: n, addSelectedEdges: r } = j.getState();
					t.key === "Escape" ? (E.current?.blur(), n({ edges: [y] })) : r([e]);
				}
			} : void 0,
			tabIndex: C ? 0 : void 0,
			role: y.ariaRole ?? (C ? "group" : "img"),
			"aria-roledescription": "edge",
			"data-id": e,
			"data-testid": `rf__edge-${e}`,
			"aria-label": y.ariaLabel === null ? void 0 : y.ariaLabel || `Edge from ${y.source} to ${y.target}`,
			"aria-describedby": C ? `${Bd}-${m}` : void 0,
			ref: E,
			...y.domAttributes,
			children: [!k && q(S, {
				id: e,
				source: y.source,
				target: y.target,
				type: y.type,
				selected: y.selected,
				animated: y.animated,
				selectable: T,
				deletable: y.deletable ?? !0,
				label: y.label,
				labelStyle: y.labelStyle,
				labelShowBg: y.labelShowBg,
				labelBgStyle: y.labelBgStyle,
				labelBgPadding: y.labelBgPadding,
				labelBgBorderRadius: y.labelBgBorderRadius,
				sourceX: N,
				sourceY: P,
				targetX: F,
				targetY: ee,
				sourcePosition: I,
				targetPosition: L,
				data: y.data,
				style: y.style,
				sourceHandleId: y.sourceHandle,
				targetHandleId: y.targetHandle,
				markerStart: te,
				markerEnd: R,
				pathOptions: "pathOptions" in y ? y.pathOptions : void 0,
				interactionWidth: y.interactionWidth
			}), w && q(fm, {
				edge: y,
				isReconnectable: w,
				reconnectRadius: u,
				onReconnect: d,
				onReconnectStart: f,
				onReconnectEnd: p,
				sourceX: N,
				sourceY: P,
				targetX: F,
				targetY: ee,
				sourcePosition: I,
				targetPosition: L,
				setUpdateHover: O,
				setReconnecting: A
			})]
		})
	});
}
var mm = J(pm), hm = (e) => ({
	edgesFocusable: e.edgesFocusable,
	edgesReconnectable: e.edgesReconnectable,
	elementsSelectable: e.elementsSelectable,
	connectionMode: e.connectionMode,
	onError: e.onError
});
function gm({ defaultMarkerColor: e, onlyRenderVisibleElements: t, rfId: n, edgeTypes: r, noPanClassName: i, onReconnect: a, onEdgeContextMenu: o, onEdgeMouseEnter: s, onEdgeMouseMove: c, onEdgeMouseLeave: l, onEdgeClick: u, reconnectRadius: d, onEdgeDoubleClick: f, onReconnectStart: p, onReconnectEnd: m, disableKeyboardA11y: h }) {
	let { edgesFocusable: g, edgesReconnectable: _, elementsSelectable: v, onError: y } = Q(hm, Z), b = Mp(t);
	return q("div", {
		className: "react-flow__edges",
		children: [q(zp, {
			defaultColor: e,
			rfId: n
		}), b.map((e) => q(mm, {
			id: e,
			edgesFocusable: g,
			edgesReconnectable: _,
			elementsSelectable: v,
			noPanClassName: i,
			onReconnect: a,
			onContextMenu: o,
			onMouseEnter: s,
			onMouseMove: c,
			onMouseLeave: l,
			onClick: u,
			reconnectRadius: d,
			onDoubleClick: f,
			onReconnectStart: p,
			onReconnectEnd: m,
			rfId: n,
			onError: y,
			edgeTypes: r,
			disableKeyboardA11y: h
		}, e))]
	});
}
gm.displayName = "EdgeRenderer";
var _m = J(gm), vm = (e) => `translate(${e[0]}px,${e[1]}px) scale(${e[2]})`;
function ym({ children: e }) {
	let t = $(), n = U(null), [r] = V(() => t.getState().transform);
	return Of(() => {
		let e = null, r = () => {
			let r = t.getState().transform;
			e && r[0] === e[0] && r[1] === e[1] && r[2] === e[2] || (e = r, n.current && (n.current.style.transform = vm(r)));
		};
		return r(), t.subscribe(r);
	}, [t]), q("div", {
		ref: n,
		className: "react-flow__viewport xyflow__viewport react-flow__container",
		style: { transform: vm(r) },
		children: e
	});
}
function bm(e) {
	let t = Ff(), n = U(!1);
	H(() => {
		!n.current && t.viewportInitialized && e && (setTimeout(() => e(t), 1), n.current = !0);
	}, [e, t.viewportInitialized]);
}
var xm = (e) => e.panZoom?.syncViewport;
function Sm(e) {
	let t = Q(xm), n = $();
	return H(() => {
		e && (t?.(e), n.setState({ transform: [
			e.x,
			e.y,
			e.zoom
		] }));
	}, [e, t]), null;
}
function Cm(e) {
	return e.connection.inProgress ? {
		...e.connection,
		to: xl(e.connection.to, e.transform)
	} : { ...e.connection };
}
function wm(e) {
	return e ? (t) => e(Cm(t)) : Cm;
}
function Tm(e) {
	return Q(wm(e), Z);
}
var Em = (e) => ({
	nodesConnectable: e.nodesConnectable,
	isValid: e.connection.isValid,
	inProgress: e.connection.inProgress,
	width: e.width,
	height: e.height
});
function Dm({ containerStyle: e, style: t, type: n, component: r }) {
	let { nodesConnectable: i, width: a, height: o, isValid: s, inProgress: c } = Q(Em, Z);
	return a && i && c ? q("svg", {
		style: e,
		width: a,
		height: o,
		className: "react-flow__connectionline react-flow__container",
		children: q("g", {
			className: Y(["react-flow__connection", Fl(s)]),
			children: q(Om, {
				style: t,
				type: n,
				CustomComponent: r,
				isValid: s
			})
		})
	}) : null;
}
var Om = ({ style: e, type: t = Uc.Bezier, CustomComponent: n, isValid: r }) => {
	let { inProgress: i, from: a, fromNode: o, fromHandle: s, fromPosition: c, to: l, toNode: u, toHandle: d, toPosition: f, pointer: p } = Tm();
	if (!i) return;
	if (n) return q(n, {
		connectionLineType: t,
		connectionLineStyle: e,
		fromNode: o,
		fromHandle: s,
		fromX: a.x,
		fromY: a.y,
		toX: l.x,
		toY: l.y,
		fromPosition: c,
		toPosition: f,
		connectionStatus: Fl(r),
		toNode: u,
		toHandle: d,
		pointer: p
	});
	let m = "", h = {
		sourceX: a.x,
		sourceY: a.y,
		sourcePosition: c,
		targetX: l.x,
		targetY: l.y,
		targetPosition: f
	};
	switch (t) {
		case Uc.Bezier:
			[m] = ql(h);
			break;
		case Uc.SimpleBezier:
			[m] = Wp(h);
			break;
		case Uc.Step:
			[m] = su({
				...h,
				borderRadius: 0
			});
			break;
		case Uc.SmoothStep:
			[m] = su(h);
			break;
		default: [m] = eu(h);
	}
	return q("path", {
		d: m,
		fill: "none",
		className: "react-flow__connection-path",
		style: e
	});
};
Om.displayName = "ConnectionLine";
var km = {};
function Am(e = km) {
	U(e), $(), H(() => {}, [e]);
}
function jm() {
	$(), U(!1), H(() => {}, []);
}
function Mm({ nodeTypes: e, edgeTypes: t, onInit: n, onNodeClick: r, onEdgeClick: i, onNodeDoubleClick: a, onEdgeDoubleClick: o, onNodeMouseEnter: s, onNodeMouseMove: c, onNodeMouseLeave: l, onNodeContextMenu: u, onSelectionContextMenu: d, onSelectionStart: f, onSelectionEnd: p, connectionLineType: m, connectionLineStyle: h, connectionLineComponent: g, connectionLineContainerStyle: _, selectionKeyCode: v, selectionOnDrag: y, selectionMode: b, multiSelectionKeyCode: x, panActivationKeyCode: S, zoomActivationKeyCode: C, deleteKeyCode: w, onlyRenderVisibleElements: T, elementsSelectable: E, defaultViewport: D, translateExtent: O, minZoom: k, maxZoom: A, preventScrolling: j, defaultMarkerColor: M, zoomOnScroll: N, zoomOnPinch: P, panOnScroll: F, panOnScrollSpeed: ee, panOnScrollMode: I, zoomOnDoubleClick: L, panOnDrag: te, autoPanOnSelection: R, onPaneClick: ne, onPaneMouseEnter: z, onPaneMouseMove: re, onPaneMouseLeave: ie, onPaneScroll: B, onPaneContextMenu: ae, paneClickDistance: oe, nodeClickDistance: se, onEdgeContextMenu: ce, onEdgeMouseEnter: le, onEdgeMouseMove: ue, onEdgeMouseLeave: de, reconnectRadius: fe, onReconnect: pe, onReconnectStart: me, onReconnectEnd: he, noDragClassName: ge, noWheelClassName: _e, noPanClassName: ve, disableKeyboardA11y: ye, nodeExtent: be, rfId: xe, viewport: Se, onViewportChange: Ce, nodesDraggable: V }) {
	return Am(e), Am(t), jm(), bm(n), Sm(Se), q(xp, {
		onPaneClick: ne,
		onPaneMouseEnter: z,
		onPaneMouseMove: re,
		onPaneMouseLeave: ie,
		onPaneContextMenu: ae,
		onPaneScroll: B,
		paneClickDistance: oe,
		deleteKeyCode: w,
		selectionKeyCode: v,
		selectionOnDrag: y,
		selectionMode: b,
		onSelectionStart: f,
		onSelectionEnd: p,
		multiSelectionKeyCode: x,
		panActivationKeyCode: S,
		zoomActivationKeyCode: C,
		elementsSelectable: E,
		zoomOnScroll: N,
		zoomOnPinch: P,
		zoomOnDoubleClick: L,
		panOnScroll: F,
		panOnScrollSpeed: ee,
		panOnScrollMode: I,
		panOnDrag: te,
		autoPanOnSelection: R,
		defaultViewport: D,
		translateExtent: O,
		minZoom: k,
		maxZoom: A,
		onSelectionContextMenu: d,
		preventScrolling: j,
		noDragClassName: ge,
		noWheelClassName: _e,
		noPanClassName: ve,
		disableKeyboardA11y: ye,
		onViewportChange: Ce,
		isControlledViewport: !!Se,
		children: q(ym, { children: [
			q(_m, {
				edgeTypes: t,
				onEdgeClick: i,
				onEdgeDoubleClick: o,
				onReconnect: pe,
				onReconnectStart: me,
				onReconnectEnd: he,
				onlyRenderVisibleElements: T,
				onEdgeContextMenu: ce,
				onEdgeMouseEnter: le,
				onEdgeMouseMove: ue,
				onEdgeMouseLeave: de,
				reconnectRadius: fe,
				defaultMarkerColor: M,
				noPanClassName: ve,
				disableKeyboardA11y: ye,
				rfId: xe
			}),
			q(Dm, {
				style: h,
				type: m,
				component: g,
				containerStyle: _
			}),
			q("div", { className: "react-flow__edgelabel-renderer" }),
			q(jp, {
				nodeTypes: e,
				onNodeClick: r,
				onNodeDoubleClick: a,
				onNodeMouseEnter: s,
				onNodeMouseMove: c,
				onNodeMouseLeave: l,
				onNodeContextMenu: u,
				nodeClickDistance: se,
				onlyRenderVisibleElements: T,
				noPanClassName: ve,
				noDragClassName: ge,
				disableKeyboardA11y: ye,
				nodeExtent: be,
				rfId: xe,
				nodesDraggable: V
			}),
			q("div", { className: "react-flow__viewport-portal" })
		] })
	});
}
Mm.displayName = "GraphView";
var Nm = J(Mm), Pm = yl("React Flow", "https://reactflow.dev/"), Fm = ({ nodes: e, edges: t, defaultNodes: n, defaultEdges: r, width: i, height: a, fitView: o, fitViewOptions: s, minZoom: c = .5, maxZoom: l = 2, nodeOrigin: u, nodeExtent: d, zIndexMode: f = "basic" } = {}) => {
	let p = /* @__PURE__ */ new Map(), m = /* @__PURE__ */ new Map(), h = /* @__PURE__ */ new Map(), g = /* @__PURE__ */ new Map(), _ = r ?? t ?? [], v = n ?? e ?? [], y = u ?? [0, 0], b = d ?? Ic;
	Mu(h, g, _);
	let { nodesInitialized: x } = Cu(v, p, m, {
		nodeOrigin: y,
		nodeExtent: b,
		zIndexMode: f
	}), S = [
		0,
		0,
		1
	];
	if (o && i && a) {
		let { x: e, y: t, zoom: n } = El(Zc(p, { filter: (e) => !(!e.width && !e.initialWidth || !e.height && !e.initialHeight) }), i, a, c, l, s?.padding ?? .1);
		S = [
			e,
			t,
			n
		];
	}
	return {
		rfId: "1",
		width: i ?? 0,
		height: a ?? 0,
		transform: S,
		nodes: v,
		nodesInitialized: x,
		nodeLookup: p,
		parentLookup: m,
		edges: _,
		edgeLookup: g,
		connectionLookup: h,
		onNodesChange: null,
		onEdgesChange: null,
		hasDefaultNodes: n !== void 0,
		hasDefaultEdges: r !== void 0,
		panZoom: null,
		minZoom: c,
		maxZoom: l,
		translateExtent: Ic,
		nodeExtent: b,
		nodesSelectionActive: !1,
		userSelectionActive: !1,
		userSelectionRect: null,
		connectionMode: zc.Strict,
		domNode: null,
		paneDragging: !1,
		noPanClassName: "nopan",
		nodeOrigin: y,
		nodeDragThreshold: 1,
		connectionDragThreshold: 1,
		snapGrid: [15, 15],
		snapToGrid: !1,
		nodesDraggable: !0,
		nodesConnectable: !0,
		nodesFocusable: !0,
		edgesFocusable: !0,
		edgesReconnectable: !0,
		elementsSelectable: !0,
		elevateNodesOnSelect: !0,
		elevateEdgesOnSelect: !0,
		selectNodesOnDrag: !0,
		multiSelectionActive: !1,
		fitViewQueued: o ?? !1,
		fitViewOptions: s,
		fitViewResolver: null,
		connection: { ...Hc },
		connectionClickStartHandle: null,
		connectOnClick: !0,
		ariaLiveMessage: "",
		autoPanOnConnect: !0,
		autoPanOnNodeDrag: !0,
		autoPanOnNodeFocus: !0,
		autoPanSpeed: 15,
		connectionRadius: 20,
		onError: Pm,
		isValidConnection: void 0,
		onSelectionChangeHandlers: [],
		lib: "react",
		debug: !1,
		ariaLabelConfig: Rc,
		zIndexMode: f,
		defaultEdgeOptions: void 0,
		onNodesChangeMiddlewareMap: /* @__PURE__ */ new Map(),
		onEdgesChangeMiddlewareMap: /* @__PURE__ */ new Map(),
		onNodesDelete: void 0,
		onEdgesDelete: void 0,
		onDelete: void 0,
		onBeforeDelete: void 0,
		onViewportChangeStart: void 0,
		onViewportChange: void 0,
		onViewportChangeEnd: void 0,
		onNodeDragStart: void 0,
		onNodeDrag: void 0,
		onNodeDragStop: void 0,
		onSelectionDragStart: void 0,
		onSelectionDrag: void 0,
		onSelectionDragStop: void 0,
		onMoveStart: void 0,
		onMove: void 0,
		onMoveEnd: void 0,
		onConnect: void 0,
		onConnectStart: void 0,
		onConnectEnd: void 0,
		onClickConnectStart: void 0,
		onClickConnectEnd: void 0
	};
}, Im = ({ nodes: e, edges: t, defaultNodes: n, defaultEdges: r, width: i, height: a, fitView: o, fitViewOptions: s, minZoom: c, maxZoom: l, nodeOrigin: u, nodeExtent: d, zIndexMode: f }) => Nd((p, m) => {
	async function h() {
		let { nodeLookup: e, panZoom: t, fitViewOptions: n, fitViewResolver: r, width: i, height: a, minZoom: o, maxZoom: s } = m();
		t && (await tl({
			nodes: e,
			width: i,
			height: a,
			panZoom: t,
			minZoom: o,
			maxZoom: s
		}, n), r?.resolve(!0), p({ fitViewResolver: null }));
	}
	return {
		...Fm({
			nodes: e,
			edges: t,
			width: i,
			height: a,
			fitView: o,
			fitViewOptions: s,
			minZoom: c,
			maxZoom: l,
			nodeOrigin: u,
			nodeExtent: d,
			defaultNodes: n,
			defaultEdges: r,
			zIndexMode: f
		}),
		setNodes: (e) => {
			let { nodeLookup: t, parentLookup: n, nodeOrigin: r, nodeExtent: i, elevateNodesOnSelect: a, fitViewQueued: o, zIndexMode: s, nodesSelectionActive: c } = m(), { nodesInitialized: l, hasSelectedNodes: u } = Cu(e, t, n, {
				nodeOrigin: r,
				nodeExtent: i,
				elevateNodesOnSelect: a,
				checkEquality: !0,
				zIndexMode: s
			}), d = c && u;
			o && l ? (h(), p({
				nodes: e,
				nodesInitialized: l,
				fitViewQueued: !1,
				fitViewOptions: void 0,
				nodesSelectionActive: d
			})) : p({
				nodes: e,
				nodesInitialized: l,
				nodesSelectionActive: d
			});
		},
		setEdges: (e) => {
			let { connectionLookup: t, edgeLookup: n } = m();
			Mu(t, n, e), p({ edges: e });
		},
		setDefaultNodesAndEdges: (e, t) => {
			if (e) {
				let { setNodes: t } = m();
				t(e), p({ hasDefaultNodes: !0 });
			}
			if (t) {
				let { setEdges: e } = m();
				e(t), p({ hasDefaultEdges: !0 });
			}
		},
		updateNodeInternals: (e) => {
			let { triggerNodeChanges: t, nodeLookup: n, parentLookup: r, domNode: i, nodeOrigin: a, nodeExtent: o, debug: s, fitViewQueued: c, zIndexMode: l } = m(), { changes: u, updatedInternals: d } = ku(e, n, r, i, a, o, l);
			d && (bu(n, r, {
				nodeOrigin: a,
				nodeExtent: o,
				zIndexMode: l
			}), c ? (h(), p({
				fitViewQueued: !1,
				fitViewOptions: void 0
			})) : p({}), u?.length > 0 && (s && console.log("React Flow: trigger node changes", u), t?.(u)));
		},
		updateNodePositions: (e, t = !1) => {
			let n = [], r = [], { nodeLookup: i, triggerNodeChanges: a, connection: o, updateConnection: s, onNodesChangeMiddlewareMap: c } = m();
			for (let [a, c] of e) {
				let e = i.get(a), l = !!(e?.expandParent && e?.parentId && c?.position), u = {
					id: a,
					type: "position",
					position: l ? {
						x: Math.max(0, c.position.x),
						y: Math.max(0, c.position.y)
					} : c.position,
					dragging: t
				};
				if (e && o.inProgress && o.fromNode.id === e.id) {
					let t = du(e, o.fromHandle, X.Left, !0);
					s({
						...o,
						from: t
					});
				}
				l && e.parentId && n.push({
					id: a,
					parentId: e.parentId,
					rect: {
						...c.internals.positionAbsolute,
						width: c.measured.width ?? 0,
						height: c.measured.height ?? 0
					}
				}), r.push(u);
			}
			if (n.length > 0) {
				let { parentLookup: e, nodeOrigin: t } = m(), a = Ou(n, i, e, t);
				r.push(...a);
			}
			for (let e of c.values()) r = e(r);
			a(r);
		},
		triggerNodeChanges: (e) => {
			let { onNodesChange: t, setNodes: n, nodes: r, hasDefaultNodes: i, debug: a } = m();
			e?.length && (i && n(_f(e, r)), a && console.log("React Flow: trigger node changes", e), t?.(e));
		},
		triggerEdgeChanges: (e) => {
			let { onEdgesChange: t, setEdges: n, edges: r, hasDefaultEdges: i, debug: a } = m();
			e?.length && (i && n(vf(e, r)), a && console.log("React Flow: trigger edge changes", e), t?.(e));
		},
		addSelectedNodes: (e) => {
			let { multiSelectionActive: t, edgeLookup: n, nodeLookup: r, triggerNodeChanges: i, triggerEdgeChanges: a } = m();
			t ? i(e.map((e) => yf(e, !0))) : (i(bf(r, /* @__PURE__ */ new Set([...e]))), a(bf(n)));
		},
		addSelectedEdges: (e) => {
			let { multiSelectionActive: t, edgeLookup: n, nodeLookup: r, triggerNodeChanges: i, triggerEdgeChanges: a } = m();
			t ? a(e.map((e) => yf(e, !0))) : (a(bf(n, /* @__PURE__ */ new Set([...e]))), i(bf(r, /* @__PURE__ */ new Set())));
		},
		unselectNodesAndEdges: ({ nodes: e, edges: t } = {}) => {
			let { edges: n, nodes: r, nodeLookup: i, triggerNodeChanges: a, triggerEdgeChanges: o } = m(), s = e || r, c = t || n, l = [];
			for (let e of s) e.selected && l.push(yf(e.id, !1));
			let u = [];
			for (let e of c) e.selected && u.push(yf(e.id, !1));
			a(l), o(u);
		},
		setMinZoom: (e) => {
			let { panZoom: t, maxZoom: n } = m();
			t?.setScaleExtent([e, n]), p({ minZoom: e });
		},
		setMaxZoom: (e) => {
			let { panZoom: t, minZoom: n } = m();
			t?.setScaleExtent([n, e]), p({ maxZoom: e });
		},
		setTranslateExtent: (e) => {
			m().panZoom?.setTranslateExtent(e), p({ translateExtent: e });
		},
		resetSelectedElements: () => {
			let { edges: e, nodes: t, triggerNodeChanges: n, triggerEdgeChanges: r, elementsSelectable: i } = m();
			if (!i) return;
			let a = t.reduce((e, t) => t.selected ? [...e, yf(t.id, !1)] : e, []), o = e.reduce((e, t) => t.selected ? [...e, yf(t.id, !1)] : e, []);
			n(a), r(o);
		},
		setNodeExtent: (e) => {
			let { nodes: t, nodeLookup: n, parentLookup: r, nodeOrigin: i, elevateNodesOnSelect: a, nodeExtent: o, zIndexMode: s } = m();
			(e[0][0] !== o[0][0] || e[0][1] !== o[0][1] || e[1][0] !== o[1][0] || e[1][1] !== o[1][1]) && (Cu(t, n, r, {
				nodeOrigin: i,
				nodeExtent: e,
				elevateNodesOnSelect: a,
				checkEquality: !1,
				zIndexMode: s
			}), p({ nodeExtent: e }));
		},
		panBy: (e) => {
			let { transform: t, width: n, height: r, panZoom: i, translateExtent: a } = m();
			return Au({
				delta: e,
				panZoom: i,
				transform: t,
				translateExtent: a,
				width: n,
				height: r
			});
		},
		setCenter: async (e, t, n) => {
			let { width: r, height: i, maxZoom: a, panZoom: o } = m();
			if (!o) return !1;
			let s = n?.zoom === void 0 ? a : n.zoom;
			return await o.setViewport({
				x: r / 2 - e * s,
				y: i / 2 - t * s,
				zoom: s
			}, {
				duration: n?.duration,
				ease: n?.ease,
				interpolate: n?.interpolate
			}), !0;
		},
		cancelConnection: () => {
			p({ connection: { ...Hc } });
		},
		updateConnection: (e) => {
			p({ connection: e });
		},
		reset: () => p({ ...Fm() })
	};
}, Object.is);
function Lm({ initialNodes: e, initialEdges: t, defaultNodes: n, defaultEdges: r, initialWidth: i, initialHeight: a, initialMinZoom: o, initialMaxZoom: s, initialFitViewOptions: c, fitView: l, nodeOrigin: u, nodeExtent: d, zIndexMode: f, children: p }) {
	let [m] = V(() => Im({
		nodes: e,
		edges: t,
		defaultNodes: n,
		defaultEdges: r,
		width: i,
		height: a,
		fitView: l,
		minZoom: o,
		maxZoom: s,
		fitViewOptions: c,
		nodeOrigin: u,
		nodeExtent: d,
		zIndexMode: f
	}));
	return q(Fd, {
		value: m,
		children: q(Mf, { children: q(rp, { children: p }) })
	});
}
function Rm({ children: e, nodes: t, edges: n, defaultNodes: r, defaultEdges: i, width: a, height: o, fitView: s, fitViewOptions: c, minZoom: l, maxZoom: u, nodeOrigin: d, nodeExtent: f, zIndexMode: p }) {
	return Oe(Pd) ? q(_, { children: e }) : q(Lm, {
		initialNodes: t,
		initialEdges: n,
		defaultNodes: r,
		defaultEdges: i,
		initialWidth: a,
		initialHeight: o,
		fitView: s,
		initialFitViewOptions: c,
		initialMinZoom: l,
		initialMaxZoom: u,
		nodeOrigin: d,
		nodeExtent: f,
		zIndexMode: p,
		children: e
	});
}
var zm = {
	width: "100%",
	height: "100%",
	overflow: "hidden",
	position: "relative",
	zIndex: 0
};
function Bm({ nodes: e, edges: t, defaultNodes: n, defaultEdges: r, className: i, nodeTypes: a, edgeTypes: o, onNodeClick: s, onEdgeClick: c, onInit: l, onMove: u, onMoveStart: d, onMoveEnd: f, onConnect: p, onConnectStart: m, onConnectEnd: h, onClickConnectStart: g, onClickConnectEnd: _, onNodeMouseEnter: v, onNodeMouseMove: y, onNodeMouseLeave: b, onNodeContextMenu: x, onNodeDoubleClick: S, onNodeDragStart: C, onNodeDrag: w, onNodeDragStop: T, onNodesDelete: E, onEdgesDelete: D, onDelete: O, onSelectionChange: k, onSelectionDragStart: A, onSelectionDrag: j, onSelectionDragStop: M, onSelectionContextMenu: N, onSelectionStart: P, onSelectionEnd: F, onBeforeDelete: ee, connectionMode: I, connectionLineType: L = Uc.Bezier, connectionLineStyle: te, connectionLineComponent: R, connectionLineContainerStyle: ne, deleteKeyCode: z = "Backspace", selectionKeyCode: re = "Shift", selectionOnDrag: ie = !1, selectionMode: B = Vc.Full, panActivationKeyCode: ae = "Space", multiSelectionKeyCode: oe = Dl() ? "Meta" : "Control", zoomActivationKeyCode: se = Dl() ? "Meta" : "Control", snapToGrid: ce, snapGrid: le, onlyRenderVisibleElements: ue = !1, selectNodesOnDrag: de, nodesDraggable: fe, autoPanOnNodeFocus: pe, nodesConnectable: me, nodesFocusable: he, nodeOrigin: ge = tf, edgesFocusable: _e, edgesReconnectable: ve, elementsSelectable: ye = !0, defaultViewport: be = nf, minZoom: xe = .5, maxZoom: Se = 2, translateExtent: Ce = Ic, preventScrolling: V = !0, nodeExtent: we, defaultMarkerColor: H = "#b1b1b7", zoomOnScroll: Te = !0, zoomOnPinch: U = !0, panOnScroll: Ee = !1, panOnScrollSpeed: W = .5, panOnScrollMode: Oe = Bc.Free, zoomOnDoubleClick: ke = !0, panOnDrag: Ae = !0, onPaneClick: je, onPaneMouseEnter: Me, onPaneMouseMove: Ne, onPaneMouseLeave: Pe, onPaneScroll: Fe, onPaneContextMenu: Ie, paneClickDistance: Le = 1, nodeClickDistance: Re = 0, children: ze, onReconnect: G, onReconnectStart: Be, onReconnectEnd: Ve, onEdgeContextMenu: He, onEdgeDoubleClick: Ue, onEdgeMouseEnter: We, onEdgeMouseMove: Ge, onEdgeMouseLeave: K, reconnectRadius: Ke = 10, onNodesChange: qe, onEdgesChange: Je, noDragClassName: Ye = "nodrag", noWheelClassName: Xe = "nowheel", noPanClassName: Ze = "nopan", fitView: Qe, fitViewOptions: $e, connectOnClick: et, attributionPosition: tt, proOptions: nt, defaultEdgeOptions: rt, elevateNodesOnSelect: it = !0, elevateEdgesOnSelect: at = !1, disableKeyboardA11y: ot = !1, autoPanOnConnect: st, autoPanOnNodeDrag: ct, autoPanOnSelection: lt = !0, autoPanSpeed: ut, connectionRadius: J, isValidConnection: dt, onError: ft, style: pt, id: mt, nodeDragThreshold: ht, connectionDragThreshold: gt, viewport: _t, onViewportChange: vt, width: yt, height: bt, colorMode: xt = "light", debug: St, onScroll: Ct, ariaLabelConfig: wt, zIndexMode: Tt = "basic", ...Et }, Dt) {
	let Ot = mt || "1", kt = lf(xt), At = De((e) => {
		e.currentTarget.scrollTo({
			top: 0,
			left: 0,
			behavior: "instant"
		}), Ct?.(e);
	}, [Ct]);
	return q("div", {
		"data-testid": "rf__wrapper",
		...Et,
		onScroll: At,
		style: {
			...pt,
			...zm
		},
		ref: Dt,
		className: Y([
			"react-flow",
			i,
			kt
		]),
		id: mt,
		role: "application",
		children: q(Rm, {
			nodes: e,
			edges: t,
			width: yt,
			height: bt,
			fitView: Qe,
			fitViewOptions: $e,
			minZoom: xe,
			maxZoom: Se,
			nodeOrigin: ge,
			nodeExtent: we,
			zIndexMode: Tt,
			children: [
				q(sf, {
					nodes: e,
					edges: t,
					defaultNodes: n,
					defaultEdges: r,
					onConnect: p,
					onConnectStart: m,
					onConnectEnd: h,
					onClickConnectStart: g,
					onClickConnectEnd: _,
					nodesDraggable: fe,
					autoPanOnNodeFocus: pe,
					nodesConnectable: me,
					nodesFocusable: he,
					edgesFocusable: _e,
					edgesReconnectable: ve,
					elementsSelectable: ye,
					elevateNodesOnSelect: it,
					elevateEdgesOnSelect: at,
					minZoom: xe,
					maxZoom: Se,
					nodeExtent: we,
					onNodesChange: qe,
					onEdgesChange: Je,
					snapToGrid: ce,
					snapGrid: le,
					connectionMode: I,
					translateExtent: Ce,
					connectOnClick: et,
					defaultEdgeOptions: rt,
					fitView: Qe,
					fitViewOptions: $e,
					onNodesDelete: E,
					onEdgesDelete: D,
					onDelete: O,
					onNodeDragStart: C,
					onNodeDrag: w,
					onNodeDragStop: T,
					onSelectionDrag: j,
					onSelectionDragStart: A,
					onSelectionDragStop: M,
					onMove: u,
					onMoveStart: d,
					onMoveEnd: f,
					noPanClassName: Ze,
					nodeOrigin: ge,
					rfId: Ot,
					autoPanOnConnect: st,
					autoPanOnNodeDrag: ct,
					autoPanSpeed: ut,
					onError: ft,
					connectionRadius: J,
					isValidConnection: dt,
					selectNodesOnDrag: de,
					nodeDragThreshold: ht,
					connectionDragThreshold: gt,
					onBeforeDelete: ee,
					debug: St,
					ariaLabelConfig: wt,
					zIndexMode: Tt
				}),
				q(Nm, {
					onInit: l,
					onNodeClick: s,
					onEdgeClick: c,
					onNodeMouseEnter: v,
					onNodeMouseMove: y,
					onNodeMouseLeave: b,
					onNodeContextMenu: x,
					onNodeDoubleClick: S,
					nodeTypes: a,
					edgeTypes: o,
					connectionLineType: L,
					connectionLineStyle: te,
					connectionLineComponent: R,
					connectionLineContainerStyle: ne,
					selectionKeyCode: re,
					selectionOnDrag: ie,
					selectionMode: B,
					deleteKeyCode: z,
					multiSelectionKeyCode: oe,
					panActivationKeyCode: ae,
					zoomActivationKeyCode: se,
					onlyRenderVisibleElements: ue,
					defaultViewport: be,
					translateExtent: Ce,
					minZoom: xe,
					maxZoom: Se,
					preventScrolling: V,
					zoomOnScroll: Te,
					zoomOnPinch: U,
					zoomOnDoubleClick: ke,
					panOnScroll: Ee,
					panOnScrollSpeed: W,
					panOnScrollMode: Oe,
					panOnDrag: Ae,
					autoPanOnSelection: lt,
					onPaneClick: je,
					onPaneMouseEnter: Me,
					onPaneMouseMove: Ne,
					onPaneMouseLeave: Pe,
					onPaneScroll: Fe,
					onPaneContextMenu: Ie,
					paneClickDistance: Le,
					nodeClickDistance: Re,
					onSelectionContextMenu: N,
					onSelectionStart: P,
					onSelectionEnd: F,
					onReconnect: G,
					onReconnectStart: Be,
					onReconnectEnd: Ve,
					onEdgeContextMenu: He,
					onEdgeDoubleClick: Ue,
					onEdgeMouseEnter: We,
					onEdgeMouseMove: Ge,
					onEdgeMouseLeave: K,
					reconnectRadius: Ke,
					defaultMarkerColor: H,
					noDragClassName: Ye,
					noWheelClassName: Xe,
					noPanClassName: Ze,
					rfId: Ot,
					disableKeyboardA11y: ot,
					nodeExtent: we,
					viewport: _t,
					onViewportChange: vt,
					nodesDraggable: fe
				}),
				q(ef, { onSelectionChange: k }),
				ze,
				q(Jd, {
					proOptions: nt,
					position: tt
				}),
				q(Gd, {
					rfId: Ot,
					disableKeyboardA11y: ot
				})
			]
		})
	});
}
var Vm = Df(Bm), Hm = (e) => e.domNode?.querySelector(".react-flow__edgelabel-renderer");
function Um({ children: e }) {
	let t = Q(Hm);
	return t ? dt(e, t) : null;
}
Fc.error014();
function Wm({ dimensions: e, lineWidth: t, variant: n, className: r }) {
	return q("path", {
		strokeWidth: t,
		d: `M${e[0] / 2} 0 V${e[1]} M0 ${e[1] / 2} H${e[0]}`,
		className: Y([
			"react-flow__background-pattern",
			n,
			r
		])
	});
}
function Gm({ radius: e, className: t }) {
	return q("circle", {
		cx: e,
		cy: e,
		r: e,
		className: Y([
			"react-flow__background-pattern",
			"dots",
			t
		])
	});
}
var Km;
(function(e) {
	e.Lines = "lines", e.Dots = "dots", e.Cross = "cross";
})(Km ||= {});
var qm = {
	[Km.Dots]: 1,
	[Km.Lines]: 1,
	[Km.Cross]: 6
}, Jm = (e) => ({
	transform: e.transform,
	patternId: `pattern-${e.rfId}`
});
function Ym({ id: e, variant: t = Km.Dots, gap: n = 20, size: r, lineWidth: i = 1, offset: a = 0, color: o, bgColor: s, style: c, className: l, patternClassName: u }) {
	let d = U(null), { transform: f, patternId: p } = Q(Jm, Z), m = r || qm[t], h = t === Km.Dots, g = t === Km.Cross, _ = Array.isArray(n) ? n : [n, n], v = [_[0] * f[2] || 1, _[1] * f[2] || 1], y = m * f[2], b = Array.isArray(a) ? a : [a, a], x = g ? [y, y] : v, S = [b[0] * f[2] + x[0] / 2, b[1] * f[2] + x[1] / 2], C = `${p}${e || ""}`;
	return q("svg", {
		className: Y(["react-flow__background", l]),
		style: {
			...c,
			...Bf,
			"--xy-background-color-props": s,
			"--xy-background-pattern-color-props": o
		},
		ref: d,
		"data-testid": "rf__background",
		children: [q("pattern", {
			id: C,
			x: f[0] % v[0],
			y: f[1] % v[1],
			width: v[0],
			height: v[1],
			patternUnits: "userSpaceOnUse",
			patternTransform: `translate(-${S[0]},-${S[1]})`,
			children: h ? q(Gm, {
				radius: y / 2,
				className: u
			}) : q(Wm, {
				dimensions: x,
				lineWidth: i,
				variant: t,
				className: u
			})
		}), q("rect", {
			x: "0",
			y: "0",
			width: "100%",
			height: "100%",
			fill: `url(#${C})`
		})]
	});
}
Ym.displayName = "Background";
var Xm = J(Ym);
function Zm() {
	return q("svg", {
		xmlns: "http://www.w3.org/2000/svg",
		viewBox: "0 0 32 32",
		children: q("path", { d: "M32 18.133H18.133V32h-4.266V18.133H0v-4.266h13.867V0h4.266v13.867H32z" })
	});
}
function Qm() {
	return q("svg", {
		xmlns: "http://www.w3.org/2000/svg",
		viewBox: "0 0 32 5",
		children: q("path", { d: "M0 0h32v4.2H0z" })
	});
}
function $m() {
	return q("svg", {
		xmlns: "http://www.w3.org/2000/svg",
		viewBox: "0 0 32 30",
		children: q("path", { d: "M3.692 4.63c0-.53.4-.938.939-.938h5.215V0H4.708C2.13 0 0 2.054 0 4.63v5.216h3.692V4.631zM27.354 0h-5.2v3.692h5.17c.53 0 .984.4.984.939v5.215H32V4.631A4.624 4.624 0 0027.354 0zm.954 24.83c0 .532-.4.94-.939.94h-5.215v3.768h5.215c2.577 0 4.631-2.13 4.631-4.707v-5.139h-3.692v5.139zm-23.677.94c-.531 0-.939-.4-.939-.94v-5.138H0v5.139c0 2.577 2.13 4.707 4.708 4.707h5.138V25.77H4.631z" })
	});
}
function eh() {
	return q("svg", {
		xmlns: "http://www.w3.org/2000/svg",
		viewBox: "0 0 25 32",
		children: q("path", { d: "M21.333 10.667H19.81V7.619C19.81 3.429 16.38 0 12.19 0 8 0 4.571 3.429 4.571 7.619v3.048H3.048A3.056 3.056 0 000 13.714v15.238A3.056 3.056 0 003.048 32h18.285a3.056 3.056 0 003.048-3.048V13.714a3.056 3.056 0 00-3.048-3.047zM12.19 24.533a3.056 3.056 0 01-3.047-3.047 3.056 3.056 0 013.047-3.048 3.056 3.056 0 013.048 3.048 3.056 3.056 0 01-3.048 3.047zm4.724-13.866H7.467V7.619c0-2.59 2.133-4.724 4.723-4.724 2.591 0 4.724 2.133 4.724 4.724v3.048z" })
	});
}
function th() {
	return q("svg", {
		xmlns: "http://www.w3.org/2000/svg",
		viewBox: "0 0 25 32",
		children: q("path", { d: "M21.333 10.667H19.81V7.619C19.81 3.429 16.38 0 12.19 0c-4.114 1.828-1.37 2.133.305 2.438 1.676.305 4.42 2.59 4.42 5.181v3.048H3.047A3.056 3.056 0 000 13.714v15.238A3.056 3.056 0 003.048 32h18.285a3.056 3.056 0 003.048-3.048V13.714a3.056 3.056 0 00-3.048-3.047zM12.19 24.533a3.056 3.056 0 01-3.047-3.047 3.056 3.056 0 013.047-3.048 3.056 3.056 0 013.048 3.048 3.056 3.056 0 01-3.048 3.047z" })
	});
}
function nh({ children: e, className: t, ...n }) {
	return q("button", {
		type: "button",
		className: Y(["react-flow__controls-button", t]),
		...n,
		children: e
	});
}
var rh = (e) => ({
	isInteractive: e.nodesDraggable || e.nodesConnectable || e.elementsSelectable,
	minZoomReached: e.transform[2] <= e.minZoom,
	maxZoomReached: e.transform[2] >= e.maxZoom,
	ariaLabelConfig: e.ariaLabelConfig
});
function ih({ style: e, showZoom: t = !0, showFitView: n = !0, showInteractive: r = !0, fitViewOptions: i, onZoomIn: a, onZoomOut: o, onFitView: s, onInteractiveChange: c, className: l, children: u, position: d = "bottom-left", orientation: f = "vertical", "aria-label": p }) {
	let m = $(), { isInteractive: h, minZoomReached: g, maxZoomReached: v, ariaLabelConfig: y } = Q(rh, Z), { zoomIn: b, zoomOut: x, fitView: S } = Ff();
	return q(Kd, {
		className: Y([
			"react-flow__controls",
			f === "horizontal" ? "horizontal" : "vertical",
			l
		]),
		position: d,
		style: e,
		"data-testid": "rf__controls",
		"aria-label": p ?? y["controls.ariaLabel"],
		children: [
			t && q(_, { children: [q(nh, {
				onClick: () => {
					b(), a?.();
				},
				className: "react-flow__controls-zoomin",
				title: y["controls.zoomIn.ariaLabel"],
				"aria-label": y["controls.zoomIn.ariaLabel"],
				disabled: v,
				children: q(Zm, {})
			}), q(nh, {
				onClick: () => {
					x(), o?.();
				},
				className: "react-flow__controls-zoomout",
				title: y["controls.zoomOut.ariaLabel"],
				"aria-label": y["controls.zoomOut.ariaLabel"],
				disabled: g,
				children: q(Qm, {})
			})] }),
			n && q(nh, {
				className: "react-flow__controls-fitview",
				onClick: () => {
					S(i), s?.();
				},
				title: y["controls.fitView.ariaLabel"],
				"aria-label": y["controls.fitView.ariaLabel"],
				children: q($m, {})
			}),
			r && q(nh, {
				className: "react-flow__controls-interactive",
				onClick: () => {
					m.setState({
						nodesDraggable: !h,
						nodesConnectable: !h,
						elementsSelectable: !h
					}), c?.(!h);
				},
				title: y["controls.interactive.ariaLabel"],
				"aria-label": y["controls.interactive.ariaLabel"],
				children: q(h ? th : eh, {})
			}),
			u
		]
	});
}
ih.displayName = "Controls";
var ah = J(ih);
function oh({ id: e, x: t, y: n, width: r, height: i, style: a, color: o, strokeColor: s, strokeWidth: c, className: l, borderRadius: u, shapeRendering: d, selected: f, onClick: p }) {
	let { background: m, backgroundColor: h } = a || {}, g = o || m || h;
	return q("rect", {
		className: Y([
			"react-flow__minimap-node",
			{ selected: f },
			l
		]),
		x: t,
		y: n,
		rx: u,
		ry: u,
		width: r,
		height: i,
		style: {
			fill: g,
			stroke: s,
			strokeWidth: c
		},
		shapeRendering: d,
		onClick: p ? (t) => p(t, e) : void 0
	});
}
var sh = J(oh), ch = (e) => e.nodes.map((e) => e.id), lh = (e) => e instanceof Function ? e : () => e;
function uh({ nodeStrokeColor: e, nodeColor: t, nodeClassName: n = "", nodeBorderRadius: r = 5, nodeStrokeWidth: i, nodeComponent: a = sh, onClick: o }) {
	let s = Q(ch, Z), c = lh(t), l = lh(e), u = lh(n), d = typeof window > "u" || window.chrome ? "crispEdges" : "geometricPrecision";
	return q(_, { children: s.map((e) => q(fh, {
		id: e,
		nodeColorFunc: c,
		nodeStrokeColorFunc: l,
		nodeClassNameFunc: u,
		nodeBorderRadius: r,
		nodeStrokeWidth: i,
		NodeComponent: a,
		onClick: o,
		shapeRendering: d
	}, e)) });
}
function dh({ id: e, nodeColorFunc: t, nodeStrokeColorFunc: n, nodeClassNameFunc: r, nodeBorderRadius: i, nodeStrokeWidth: a, shapeRendering: o, NodeComponent: s, onClick: c }) {
	let { node: l, x: u, y: d, width: f, height: p } = Q((t) => {
		let n = t.nodeLookup.get(e);
		if (!n) return {
			node: void 0,
			x: 0,
			y: 0,
			width: 0,
			height: 0
		};
		let r = n.internals.userNode, { x: i, y: a } = n.internals.positionAbsolute, { width: o, height: s } = kl(r);
		return {
			node: r,
			x: i,
			y: a,
			width: o,
			height: s
		};
	}, Z);
	return !l || l.hidden || !Al(l) ? null : q(s, {
		x: u,
		y: d,
		width: f,
		height: p,
		style: l.style,
		selected: !!l.selected,
		className: r(l),
		color: t(l),
		borderRadius: i,
		strokeColor: n(l),
		strokeWidth: a,
		shapeRendering: o,
		onClick: c,
		id: l.id
	});
}
var fh = J(dh), ph = J(uh), mh = 200, hh = 150, gh = (e) => !e.hidden, _h = (e) => {
	let t = {
		x: -e.transform[0] / e.transform[2],
		y: -e.transform[1] / e.transform[2],
		width: e.width / e.transform[2],
		height: e.height / e.transform[2]
	}, n = !1;
	for (let t of e.nodeLookup.values()) if (!t.hidden) {
		n = !0;
		break;
	}
	return {
		viewBB: t,
		boundingRect: n ? ml(Zc(e.nodeLookup, { filter: gh }), t) : t,
		rfId: e.rfId,
		panZoom: e.panZoom,
		translateExtent: e.translateExtent,
		flowWidth: e.width,
		flowHeight: e.height,
		ariaLabelConfig: e.ariaLabelConfig
	};
}, vh = (e, t) => e.x === t.x && e.y === t.y && e.width === t.width && e.height === t.height, yh = (e, t) => vh(e.viewBB, t.viewBB) && vh(e.boundingRect, t.boundingRect) && e.rfId === t.rfId && e.panZoom === t.panZoom && e.translateExtent === t.translateExtent && e.flowWidth === t.flowWidth && e.flowHeight === t.flowHeight && e.ariaLabelConfig === t.ariaLabelConfig, bh = "react-flow__minimap-desc";
function xh({ style: e, className: t, nodeStrokeColor: n, nodeColor: r, nodeClassName: i = "", nodeBorderRadius: a = 5, nodeStrokeWidth: o, nodeComponent: s, bgColor: c, maskColor: l, maskStrokeColor: u, maskStrokeWidth: d, position: f = "bottom-right", onClick: p, onNodeClick: m, pannable: h = !1, zoomable: g = !1, ariaLabel: _, inversePan: v, zoomStep: y = 1, offsetScale: b = 5 }) {
	let x = $(), S = U(null), { boundingRect: C, panZoom: w, viewBB: T, rfId: E, translateExtent: D, flowWidth: O, flowHeight: k, ariaLabelConfig: A } = Q(_h, yh), j = e?.width ?? mh, M = e?.height ?? hh, N = C.width / j, P = C.height / M, F = Math.max(N, P), ee = F * j, I = F * M, L = b * F, te = C.x - (ee - C.width) / 2 - L, R = C.y - (I - C.height) / 2 - L, ne = ee + L * 2, z = I + L * 2, re = `${bh}-${E}`, ie = U(0), B = U();
	ie.current = F, H(() => {
		let e = x.getState().panZoom;
		if (S.current && e) return B.current = Yu({
			domNode: S.current,
			panZoom: e,
			getTransform: () => x.getState().transform,
			getViewScale: () => ie.current
		}), () => {
			B.current?.destroy();
		};
	}, [w]), H(() => {
		B.current?.update({
			translateExtent: D,
			width: O,
			height: k,
			inversePan: v,
			pannable: h,
			zoomStep: y,
			zoomable: g
		});
	}, [
		h,
		g,
		v,
		y,
		D,
		O,
		k
	]);
	let ae = p ? (e) => {
		let [t, n] = B.current?.pointer(e) || [0, 0];
		p(e, {
			x: t,
			y: n
		});
	} : void 0, oe = De((e, t) => {
		let n = x.getState().nodeLookup.get(t).internals.userNode;
		m?.(e, n);
	}, [m]), se = m ? oe : void 0, ce = _ ?? A["minimap.ariaLabel"];
	return q(Kd, {
		position: f,
		style: {
			...e,
			"--xy-minimap-background-color-props": typeof c == "string" ? c : void 0,
			"--xy-minimap-mask-background-color-props": typeof l == "string" ? l : void 0,
			"--xy-minimap-mask-stroke-color-props": typeof u == "string" ? u : void 0,
			"--xy-minimap-mask-stroke-width-props": typeof d == "number" ? d * F : void 0,
			"--xy-minimap-node-background-color-props": typeof r == "string" ? r : void 0,
			"--xy-minimap-node-stroke-color-props": typeof n == "string" ? n : void 0,
			"--xy-minimap-node-stroke-width-props": typeof o == "number" ? o : void 0
		},
		className: Y(["react-flow__minimap", t]),
		"data-testid": "rf__minimap",
		children: q("svg", {
			width: j,
			height: M,
			viewBox: `${te} ${R} ${ne} ${z}`,
			className: "react-flow__minimap-svg",
			role: "img",
			"aria-labelledby": re,
			ref: S,
			onClick: ae,
			children: [
				ce && q("title", {
					id: re,
					children: ce
				}),
				q(ph, {
					onClick: se,
					nodeColor: r,
					nodeStrokeColor: n,
					nodeBorderRadius: a,
					nodeClassName: i,
					nodeStrokeWidth: o,
					nodeComponent: s
				}),
				q("path", {
					className: "react-flow__minimap-mask",
					d: `M${te - L},${R - L}h${ne + L * 2}v${z + L * 2}h${-ne - L * 2}z
        M${T.x},${T.y}h${T.width}v${T.height}h${-T.width}z`,
					fillRule: "evenodd",
					pointerEvents: "none"
				})
			]
		})
	});
}
xh.displayName = "MiniMap", J(xh);
var Sh = (e) => (t) => e ? `${Math.max(1 / t.transform[2], 1)}` : void 0, Ch = {
	[ud.Line]: "right",
	[ud.Handle]: "bottom-right"
};
function wh({ nodeId: e, position: t, variant: n = ud.Handle, className: r, style: i = void 0, children: a, color: o, minWidth: s = 10, minHeight: c = 10, maxWidth: l = Number.MAX_VALUE, maxHeight: u = Number.MAX_VALUE, keepAspectRatio: d = !1, resizeDirection: f, autoScale: p = !0, shouldResize: m, onResizeStart: h, onResize: g, onResizeEnd: _ }) {
	let v = ep(), y = typeof e == "string" ? e : v, b = $(), x = U(null), S = n === ud.Handle, C = Q(De(Sh(S && p), [S, p]), Z), w = U(null), T = t ?? Ch[n];
	return H(() => {
		if (x.current && y) return w.current ||= xd({
			domNode: x.current,
			nodeId: y,
			getStoreItems: () => {
				let { nodeLookup: e, transform: t, snapGrid: n, snapToGrid: r, nodeOrigin: i, domNode: a } = b.getState();
				return {
					nodeLookup: e,
					transform: t,
					snapGrid: n,
					snapToGrid: r,
					nodeOrigin: i,
					paneDomNode: a
				};
			},
			onChange: (e, t) => {
				let { triggerNodeChanges: n, nodeLookup: r, parentLookup: i, nodeOrigin: a } = b.getState(), o = [], s = {
					x: e.x,
					y: e.y
				}, c = r.get(y);
				if (c && c.expandParent && c.parentId) {
					let t = c.origin ?? a, n = e.width ?? c.measured.width ?? 0, l = e.height ?? c.measured.height ?? 0, u = Ou([{
						id: c.id,
						parentId: c.parentId,
						rect: {
							width: n,
							height: l,
							...jl({
								x: e.x ?? c.position.x,
								y: e.y ?? c.position.y
							}, {
								width: n,
								height: l
							}, c.parentId, r, t)
						}
					}], r, i, a);
					o.push(...u), s.x = e.x ? Math.max(t[0] * n, e.x) : void 0, s.y = e.y ? Math.max(t[1] * l, e.y) : void 0;
				}
				if (s.x !== void 0 && s.y !== void 0) {
					let e = {
						id: y,
						type: "position",
						position: { ...s }
					};
					o.push(e);
				}
				if (e.width !== void 0 && e.height !== void 0) {
					let t = {
						id: y,
						type: "dimensions",
						resizing: !0,
						setAttributes: f ? f === "horizontal" ? "width" : "height" : !0,
						dimensions: {
							width: e.width,
							height: e.height
						}
					};
					o.push(t);
				}
				for (let e of t) {
					let t = {
						...e,
						type: "position"
					};
					o.push(t);
				}
				n(o);
			},
			onEnd: ({ width: e, height: t }) => {
				let n = {
					id: y,
					type: "dimensions",
					resizing: !1,
					dimensions: {
						width: e,
						height: t
					}
				};
				b.getState().triggerNodeChanges([n]);
			}
		}), w.current.update({
			controlPosition: T,
			boundaries: {
				minWidth: s,
				minHeight: c,
				maxWidth: l,
				maxHeight: u
			},
			keepAspectRatio: d,
			resizeDirection: f,
			onResizeStart: h,
			onResize: g,
			onResizeEnd: _,
			shouldResize: m
		}), () => {
			w.current?.destroy();
		};
	}, [
		T,
		s,
		c,
		l,
		u,
		d,
		h,
		g,
		_,
		m
	]), q("div", {
		className: Y([
			"react-flow__resize-control",
			"nodrag",
			...T.split("-"),
			n,
			r
		]),
		ref: x,
		style: {
			...i,
			scale: C,
			...o && { [S ? "backgroundColor" : "borderColor"]: o }
		},
		children: a
	});
}
J(wh);
// src/values.ts
function Th(e, t) {
	return e.scale === "log" ? Math.log(t / e.low) / Math.log(e.high / e.low) : (t - e.low) / (e.high - e.low);
}
function Eh(e, t) {
	let n = Math.min(1, Math.max(0, t)), r = e.scale === "log" ? e.low * (e.high / e.low) ** n : e.low + n * (e.high - e.low);
	return Math.min(e.high, Math.max(e.low, r));
}
var Dh = {
	semitone: "st",
	octave: "oct",
	cycle: "cyc"
};
function Oh(e) {
	return (Math.abs(e) >= 100 ? e.toFixed(0) : String(Number(e.toPrecision(3)))).replace("-", "−");
}
function kh(e, t, n = !1) {
	return t === "dB" ? Math.abs(e) < .05 ? "0 dB" : `${e < 0 ? "−" : n ? "+" : ""}${Math.abs(e).toFixed(1)} dB` : t === "Hz" && e >= 1e3 ? `${Oh(e / 1e3)} kHz` : t === "ms" && e >= 1e3 ? `${Oh(e / 1e3)} s` : `${Oh(e)} ${Dh[t] ?? t}`.trim();
}
var Ah = (e, t) => kh(t, e.unit, e.low < 0);
function jh(e) {
	let t = Math.max(0, Math.round(e));
	return `${Math.floor(t / 60)}:${String(t % 60).padStart(2, "0")}`;
}
// src/Canvas.tsx
$e();
var Mh = 24, Nh = 16;
function Ph({ box: e, node: t, place: n }) {
	let r = e.certainty ? `, ${e.certainty.word} ${Math.round(100 * e.certainty.probability)} %` : "";
	return `${n}: ${t.kind}${t.name ? ` ${t.name}` : ""}${r}`;
}
function Fh({ pins: e, way: t }) {
	return e.map((e) => /* @__PURE__ */ q(cp, {
		id: e.name,
		type: t === "in" ? "target" : "source",
		position: t === "in" ? X.Left : X.Right,
		className: `pin ${e.signal}`,
		style: { top: e.y },
		title: `${e.name}, ${e.signal} ${t}`
	}, e.name));
}
function Ih({ data: e, selected: t }) {
	let { box: n, node: r, registry: i } = e, a = i.kinds[r.kind], o = n.compact ? [] : a?.parameters ?? [];
	return /* @__PURE__ */ q("div", {
		class: `box${t ? " selected" : ""}${n.compact ? " compact" : ""}`,
		style: {
			width: `${n.width}px`,
			height: `${n.height}px`,
			"--family": n.colour
		},
		children: [
			/* @__PURE__ */ q("div", {
				class: "title",
				style: { height: `${n.compact ? n.height : Mh}px` },
				children: [/* @__PURE__ */ q("span", { children: n.title }), n.certainty && /* @__PURE__ */ q("span", {
					class: `word ${n.certainty.word}`,
					children: [
						n.certainty.word,
						" ",
						Math.round(100 * n.certainty.probability),
						" %"
					]
				})]
			}),
			o.length > 0 && /* @__PURE__ */ q("div", {
				class: "rows",
				style: { gridAutoRows: `${Nh}px` },
				children: o.map((e) => /* @__PURE__ */ q("div", {
					class: "knob-row",
					children: [/* @__PURE__ */ q("span", { children: e.label }), /* @__PURE__ */ q("span", { children: Ah(e, r.parameters?.[e.name] ?? e.default) })]
				}, e.name))
			}),
			/* @__PURE__ */ q(Fh, {
				pins: n.inlets,
				way: "in"
			}),
			/* @__PURE__ */ q(Fh, {
				pins: n.outlets,
				way: "out"
			})
		]
	});
}
function Lh(e) {
	return e.map(([t, n], r) => {
		let i = e[r - 1];
		if (!i) return `M${t} ${n}`;
		if (Math.abs(i[0] - t) < .01 || Math.abs(i[1] - n) < .01) return `L${t} ${n}`;
		let a = (i[0] + t) / 2;
		return `C${a} ${i[1]} ${a} ${n} ${t} ${n}`;
	}).join("");
}
function Rh({ data: e }) {
	if (!e) return null;
	let { points: t, label: n } = e.wire;
	return /* @__PURE__ */ q(_, { children: [/* @__PURE__ */ q(Hp, {
		path: Lh(t),
		interactionWidth: 18
	}), n && /* @__PURE__ */ q(Um, { children: /* @__PURE__ */ q("span", {
		class: "gain",
		style: { transform: `translate(-50%, -50%) translate(${n.x}px, ${n.y}px)` },
		children: n.text
	}) })] });
}
var zh = { box: Ih }, Bh = { wire: Rh };
function Vh({ drawn: e, registry: t, selected: n, select: r, change: i }) {
	let a = U(null), { graph: o, boxes: s, wires: c } = e, l = W(() => o.nodes.map((e, r) => {
		let i = s[r], a = {
			box: i,
			node: e,
			registry: t,
			place: r
		};
		return {
			id: String(r),
			type: "box",
			position: {
				x: i.x,
				y: i.y
			},
			width: i.width,
			height: i.height,
			selected: n?.nodes.includes(r) ?? !1,
			ariaLabel: Ph(a),
			data: a
		};
	}), [
		o,
		s,
		t,
		n
	]), u = W(() => o.edges.flatMap((e, t) => {
		let r = c[t];
		return r ? [{
			id: String(t),
			type: "wire",
			source: String(e.source),
			target: String(e.target),
			sourceHandle: e.outlet,
			targetHandle: e.inlet,
			selected: n?.edges.includes(t) ?? !1,
			className: r.signal,
			ariaLabel: `wire from ${e.source} ${e.outlet} to ${e.target} ${e.inlet}`,
			data: { wire: r }
		}] : [];
	}), [
		o,
		c,
		n
	]);
	H(() => {
		let e = setTimeout(() => void a.current?.fitView({
			padding: .06,
			maxZoom: 1.1
		}), 30);
		return () => clearTimeout(e);
	}, [`${s.length} ${e.width} ${e.height}`]);
	let d = U(null);
	H(() => {
		let e = new ResizeObserver(() => void a.current?.fitView({
			padding: .06,
			maxZoom: 1.1
		}));
		return d.current && e.observe(d.current), () => e.disconnect();
	}, []);
	let f = (e) => ({
		source: Number(e.source),
		target: Number(e.target),
		outlet: e.sourceHandle,
		inlet: e.targetHandle
	}), p = (e) => {
		let t = s[Number(e.source)]?.outlets.find((t) => t.name === e.sourceHandle), n = s[Number(e.target)]?.inlets.find((t) => t.name === e.targetHandle);
		return t !== void 0 && t.signal === n?.signal;
	};
	return /* @__PURE__ */ q("div", {
		class: "frame",
		ref: d,
		children: /* @__PURE__ */ q(Vm, {
			nodes: l,
			edges: u,
			nodeTypes: zh,
			edgeTypes: Bh,
			onInit: (e) => {
				a.current = e;
			},
			onNodeClick: (e, t) => {
				r({
					nodes: [...e.shiftKey && n ? n.nodes : [], Number(t.id)],
					edges: []
				});
			},
			onEdgeClick: (e, t) => r({
				nodes: [],
				edges: [Number(t.id)]
			}),
			onPaneClick: () => r({
				nodes: [],
				edges: []
			}),
			onNodesChange: (e) => {
				let t = e.find((e) => e.type === "select" && e.selected);
				t && "id" in t && !n?.nodes.includes(Number(t.id)) && r({
					nodes: [Number(t.id)],
					edges: []
				});
			},
			...i && {
				onConnect: (e) => i({
					action: "connect",
					...f(e)
				}),
				onReconnect: (e, t) => i({
					action: "reconnect",
					edge: Number(e.id),
					...f(t)
				})
			},
			isValidConnection: p,
			edgesReconnectable: i !== void 0,
			nodesConnectable: i !== void 0,
			nodesDraggable: !1,
			deleteKeyCode: null,
			selectionKeyCode: null,
			multiSelectionKeyCode: "Shift",
			minZoom: .1,
			maxZoom: 2.5,
			fitView: !0,
			fitViewOptions: {
				padding: .06,
				maxZoom: 1.1
			},
			"aria-label": "Processing graph",
			children: [/* @__PURE__ */ q(Xm, {
				gap: 22,
				size: 1
			}), /* @__PURE__ */ q(ah, { showInteractive: !1 })]
		})
	});
}
// src/spectrum.ts
var Hh = 2048, Uh = Hh / 2, Wh = Float32Array.from({ length: Hh }, (e, t) => .5 - .5 * Math.cos(2 * Math.PI * t / Hh)), Gh = Float32Array.from({ length: Uh }, (e, t) => Math.cos(2 * Math.PI * t / Hh)), Kh = Float32Array.from({ length: Uh }, (e, t) => -Math.sin(2 * Math.PI * t / Hh));
function qh(e, t) {
	for (let n = 1, r = 0; n < Hh; n++) {
		let i = 1024;
		for (; r & i; i >>= 1) r ^= i;
		r ^= i, n < r && ([e[n], e[r]] = [e[r], e[n]], [t[n], t[r]] = [t[r], t[n]]);
	}
	for (let n = 2; n <= Hh; n <<= 1) {
		let r = Hh / n;
		for (let i = 0; i < Hh; i += n) for (let a = 0; a < n / 2; a++) {
			let [o, s] = [i + a, i + a + n / 2], [c, l] = [Gh[a * r], Kh[a * r]], u = e[s] * c - t[s] * l, d = e[s] * l + t[s] * c;
			e[s] = e[o] - u, t[s] = t[o] - d, e[o] += u, t[o] += d;
		}
	}
}
function Jh(e, t) {
	let n = new Float32Array(Hh), r = new Float32Array(Hh), i = Math.round(t) - Uh;
	for (let t = 0; t < Hh; t++) n[t] = (e[i + t] ?? 0) * Wh[t];
	return qh(n, r), Float32Array.from({ length: Uh }, (e, t) => 20 * Math.log10(Math.hypot(n[t], r[t]) / (Hh / 4) + 1e-9));
}
var Yh = (e, t) => Math.min(1023, Math.round(e * Hh / t));
// src/Waveform.tsx
$e();
var Xh = 72, Zh = 50, Qh = 18e3, $h = -90;
function eg({ player: e, take: t, version: n, spectrogram: r, chosen: i }) {
	let a = U(null), o = U(null), [s, c] = V(null), l = e.seconds || 1;
	H(() => {
		let n = a.current;
		if (!n) return;
		let i = e.samples(t), o = () => r ? rg(n, i, e.sampleRate) : ng(n, i, e.scale(t));
		o();
		let s = new ResizeObserver(o);
		s.observe(n);
		let c = new MutationObserver(o);
		return c.observe(document.documentElement, { attributes: !0 }), () => {
			s.disconnect(), c.disconnect();
		};
	}, [
		e,
		t,
		n,
		r
	]), H(() => {
		let t = 0, n = () => {
			o.current && (o.current.style.left = `${100 * e.position / (e.seconds || 1)}%`), t = requestAnimationFrame(n);
		};
		return n(), () => cancelAnimationFrame(t);
	}, [e]);
	let u = (e) => {
		let t = e.currentTarget.getBoundingClientRect();
		return Math.min(1, Math.max(0, (e.clientX - t.left) / t.width)) * l;
	}, [d, f] = s ? [Math.min(...s), Math.max(...s)] : e.region;
	return /* @__PURE__ */ q("div", {
		class: "waveform",
		role: "slider",
		tabIndex: 0,
		"aria-label": "Position",
		"aria-valuemin": 0,
		"aria-valuemax": Number(l.toFixed(2)),
		"aria-valuenow": Number(e.position.toFixed(2)),
		"aria-valuetext": `${jh(e.position)} of ${jh(l)}`,
		onKeyDown: (t) => {
			let n = {
				ArrowLeft: -1,
				ArrowRight: 1
			}[t.key];
			n !== void 0 && (t.preventDefault(), e.seek(e.position + n));
		},
		onPointerDown: (e) => {
			e.currentTarget.setPointerCapture(e.pointerId), c([u(e), u(e)]);
		},
		onPointerMove: (e) => s && c([s[0], u(e)]),
		onPointerUp: (t) => {
			if (!s) return;
			let [n, r] = [Math.min(s[0], u(t)), Math.max(s[0], u(t))];
			c(null), r - n > .2 ? i(n, r) : e.seek(n);
		},
		children: [
			/* @__PURE__ */ q("canvas", { ref: a }),
			/* @__PURE__ */ q("div", {
				class: "region",
				style: {
					left: `${100 * d / l}%`,
					width: `${100 * (f - d) / l}%`
				}
			}),
			/* @__PURE__ */ q("div", {
				class: "head",
				ref: o
			})
		]
	});
}
function tg(e) {
	let t = devicePixelRatio || 1, n = e.clientWidth;
	e.width = n * t, e.height = Xh * t;
	let r = e.getContext("2d");
	return r && (r.fillStyle = getComputedStyle(e).color), r && {
		paper: r,
		width: n,
		ratio: t
	};
}
function ng(e, t, n) {
	let r = tg(e);
	if (!r || !t) return;
	let { paper: i, width: a, ratio: o } = r;
	i.scale(o, o);
	let s = t.length / a, c = Math.max(1, Math.floor(s / 64));
	for (let e = 0; e < a; e++) {
		let r = 0;
		for (let n = Math.floor(e * s); n < (e + 1) * s; n += c) r = Math.max(r, Math.abs(t[n] ?? 0));
		let a = Math.max(1, Math.min(1, r * n) * Xh);
		i.fillRect(e, (Xh - a) / 2, 1, a);
	}
}
function rg(e, t, n) {
	let r = tg(e);
	if (!r || !t) return;
	let { paper: i, width: a, ratio: o } = r;
	i.scale(o, o);
	let s = Math.min(Qh, n / 2), c = Array.from({ length: Xh }, (e, t) => Yh(Zh * (s / Zh) ** (1 - t / Xh), n));
	for (let e = 0; e < a; e++) {
		let n = Jh(t, (e + .5) * t.length / a);
		for (let t = 0; t < Xh; t++) i.globalAlpha = Math.min(1, Math.max(0, 1 - n[c[t]] / $h)) ** 2, i.fillRect(e, t, 1, 1);
	}
}
// src/Listening.tsx
$e();
var ig = ["reference", "render"], ag = () => ig[crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(1))[0] & 1];
function og(e, t) {
	let n = 0, r = 1;
	for (let i = 0; i <= t; i++) i >= e && (n += r), r = r * (t - i) / (i + 1);
	return n / 2 ** t;
}
function sg({ player: e, takes: t, version: n, busy: r, chosen: i, rated: a }) {
	let [o, s] = V(null), [c, l] = V(!1), [u, d] = V(!1), f = (t, n = !1) => {
		l(n), e.choose(t);
	}, p = (e) => {
		if (!o) return;
		let t = e === o.x;
		a({
			x: o.x,
			chosen: e,
			right: t
		}), s({
			right: o.right + Number(t),
			count: o.count + 1,
			x: ag()
		}), f("reference");
	};
	return /* @__PURE__ */ q("section", {
		class: "listening",
		"aria-label": "Player",
		children: [
			/* @__PURE__ */ q("div", {
				class: "row",
				children: [
					/* @__PURE__ */ q("button", {
						class: "main play",
						onClick: () => e.toggle(),
						"aria-pressed": e.playing,
						children: e.playing ? "Pause" : "Play"
					}),
					/* @__PURE__ */ q("div", {
						class: "takes",
						role: "group",
						"aria-label": "Takes",
						children: [t.map((t, n) => /* @__PURE__ */ q("button", {
							class: `take ${t.key}`,
							"aria-pressed": !c && e.current === t.key,
							disabled: !e.has(t.key) || o !== null && !ig.includes(t.key),
							onClick: () => f(t.key),
							children: [
								t.name,
								" ",
								/* @__PURE__ */ q("kbd", { children: n + 1 })
							]
						}, t.key)), o && /* @__PURE__ */ q("button", {
							class: "take",
							"aria-pressed": c,
							onClick: () => f(o.x, !0),
							children: "X"
						})]
					}),
					/* @__PURE__ */ q("label", { children: [
						/* @__PURE__ */ q("input", {
							type: "checkbox",
							checked: e.matched,
							onChange: (t) => e.setMatched(t.currentTarget.checked)
						}),
						" ",
						"match levels"
					] }),
					/* @__PURE__ */ q("label", { children: [
						/* @__PURE__ */ q("input", {
							type: "checkbox",
							checked: e.looped,
							onChange: (t) => e.setLooped(t.currentTarget.checked)
						}),
						" ",
						"loop"
					] }),
					/* @__PURE__ */ q("label", { children: [
						/* @__PURE__ */ q("input", {
							type: "checkbox",
							checked: u,
							onChange: (e) => d(e.currentTarget.checked)
						}),
						" ",
						"spectrogram"
					] }),
					ig.every((e) => t.some((t) => t.key === e)) && /* @__PURE__ */ q("button", {
						"aria-pressed": o !== null,
						onClick: () => {
							s(o ? null : {
								right: 0,
								count: 0,
								x: ag()
							}), f("reference");
						},
						children: "ABX"
					}),
					/* @__PURE__ */ q("span", {
						class: "soft level",
						"aria-live": "off",
						children: [c ? "" : kh(e.gainDb(e.current), "dB", !0), r && " · rendering"]
					})
				]
			}),
			o && /* @__PURE__ */ q("div", {
				class: "row",
				role: "group",
				"aria-label": "Blind comparison",
				children: [
					/* @__PURE__ */ q("span", { children: "X is the" }),
					/* @__PURE__ */ q("button", {
						onClick: () => p("reference"),
						children: "reference"
					}),
					/* @__PURE__ */ q("button", {
						onClick: () => p("render"),
						children: "render"
					}),
					/* @__PURE__ */ q("span", {
						role: "status",
						children: o.count === 0 ? "Compare X with both, then decide." : `${o.right} of ${o.count} right; by chance with a probability of ${Math.round(100 * og(o.right, o.count))} %`
					})
				]
			}),
			/* @__PURE__ */ q(eg, {
				player: e,
				take: c ? "reference" : e.current,
				version: n,
				spectrogram: u,
				chosen: i
			})
		]
	});
}
// src/Knob.tsx
$e();
var cg = 270, lg = 180, ug = .01;
function dg(e, t) {
	let n = (e - .5) * cg * Math.PI / 180;
	return [24 + t * Math.sin(n), 24 - t * Math.cos(n)];
}
function fg(e, t) {
	let [n, r] = [Math.min(e, t), Math.max(e, t)], [i, a] = dg(n, 19), [o, s] = dg(r, 19);
	return `M${i} ${a}A19 19 0 ${+((r - n) * cg > 180)} 1 ${o} ${s}`;
}
function pg({ knob: e, value: t, moved: n, turn: r }) {
	let [i, a] = V(!1), o = U(null), s = Th(e, t), c = e.low < 0 && e.high > 0 ? Th(e, 0) : 0, [l, u] = dg(s, 12), d = {
		ArrowUp: ug,
		ArrowRight: ug,
		ArrowDown: -.01,
		ArrowLeft: -.01,
		PageUp: 10 * ug,
		PageDown: -10 * ug
	}, f = (t) => {
		let n = d[t.key];
		if (n !== void 0) r(Eh(e, s + (t.shiftKey ? n / 10 : n)), !0);
		else if (t.key === "Home") r(e.low, !0);
		else if (t.key === "End") r(e.high, !0);
		else if (t.key === "Delete" || t.key === "Backspace") r(e.default, !0);
		else if (t.key === "Enter") a(!0);
		else return;
		t.preventDefault(), t.stopPropagation();
	}, p = (t, n) => Eh(e, n.unit + (n.y - t.clientY) / (t.shiftKey ? 1800 : lg)), m = (t) => {
		a(!1);
		let n = Number(t.replace("−", "-").replace(",", "."));
		t.trim() && Number.isFinite(n) && r(Math.min(e.high, Math.max(e.low, n)), !0);
	};
	return /* @__PURE__ */ q("div", {
		class: "knob",
		children: [
			/* @__PURE__ */ q("div", {
				role: "slider",
				tabIndex: 0,
				"aria-label": e.label,
				"aria-valuemin": e.low,
				"aria-valuemax": e.high,
				"aria-valuenow": Number(t.toFixed(6)),
				"aria-valuetext": Ah(e, t),
				title: `${e.doc ? `${e.doc}. ` : ""}${Ah(e, e.low)} to ${Ah(e, e.high)}; double click: ${Ah(e, e.default)}`,
				onKeyDown: f,
				onDblClick: () => r(e.default, !0),
				onPointerDown: (e) => {
					e.currentTarget.setPointerCapture(e.pointerId), o.current = {
						y: e.clientY,
						unit: s
					};
				},
				onPointerMove: (e) => o.current && r(p(e, o.current), !1),
				onPointerUp: (e) => {
					let t = o.current;
					o.current = null, t && t.y !== e.clientY && r(p(e, t), !0);
				},
				onPointerCancel: () => {
					o.current = null;
				},
				children: /* @__PURE__ */ q("svg", {
					viewBox: "0 0 48 48",
					width: "48",
					height: "48",
					"aria-hidden": "true",
					children: [
						/* @__PURE__ */ q("path", {
							class: "track",
							d: fg(0, 1)
						}),
						/* @__PURE__ */ q("path", {
							class: "value",
							d: fg(c, s)
						}),
						/* @__PURE__ */ q("circle", {
							cx: "24",
							cy: "24",
							r: "14"
						}),
						/* @__PURE__ */ q("line", {
							x1: "24",
							y1: "24",
							x2: l,
							y2: u
						})
					]
				})
			}),
			/* @__PURE__ */ q("span", {
				class: "label",
				children: [e.label, n && /* @__PURE__ */ q("span", {
					title: "a wire moves this knob",
					children: " ~"
				})]
			}),
			i ? /* @__PURE__ */ q("input", {
				class: "typed",
				"aria-label": `${e.label} in ${e.unit || "plain numbers"}`,
				defaultValue: String(Number(t.toPrecision(5))),
				ref: (e) => e?.select(),
				onBlur: (e) => m(e.currentTarget.value),
				onKeyDown: (e) => {
					e.stopPropagation(), e.key === "Enter" && m(e.currentTarget.value), e.key === "Escape" && a(!1);
				}
			}) : /* @__PURE__ */ q("button", {
				class: "plain number",
				onClick: () => a(!0),
				"aria-label": `${Ah(e, t)}, type a value for ${e.label}`,
				children: Ah(e, t)
			})
		]
	});
}
// src/Panel.tsx
function mg({ drawn: e, registry: t, selected: n, turn: r, change: i }) {
	let a = n.nodes.at(-1), o = n.edges[0];
	return a !== void 0 && e.graph.nodes[a] ? /* @__PURE__ */ q(hg, {
		drawn: e,
		registry: t,
		place: a,
		turn: r,
		change: i,
		remove: n.nodes
	}) : o !== void 0 && e.graph.edges[o] ? /* @__PURE__ */ q(gg, {
		drawn: e,
		wire: o,
		change: i
	}) : /* @__PURE__ */ q("aside", {
		class: "panel",
		"aria-label": "Settings",
		children: /* @__PURE__ */ q("p", {
			class: "soft",
			children: "Select a processor to turn its knobs, or a wire for its gain. Drag from port to port to connect; drag the end of a wire to move it."
		})
	});
}
function hg({ drawn: e, registry: t, place: n, turn: r, change: i, remove: a }) {
	let o = e.graph.nodes[n], s = e.boxes[n], c = o && t.kinds[o.kind];
	if (!o || !s) return null;
	let l = new Set(e.graph.edges.filter((e) => e.target === n).map((e) => e.inlet));
	return /* @__PURE__ */ q("aside", {
		class: "panel",
		"aria-label": `Settings of ${s.title}`,
		children: [
			/* @__PURE__ */ q("h2", { children: [c?.label ?? o.name ?? o.kind, s.certainty && /* @__PURE__ */ q("span", {
				class: `word ${s.certainty.word}`,
				children: [
					s.certainty.word,
					" ",
					Math.round(100 * s.certainty.probability),
					" %"
				]
			})] }),
			/* @__PURE__ */ q("p", {
				class: "soft",
				children: c?.summary ?? (o.kind === "out" ? "The output." : "A source.")
			}),
			/* @__PURE__ */ q("div", {
				class: "knobs",
				children: c?.parameters.map((e) => /* @__PURE__ */ q(pg, {
					knob: e,
					value: o.parameters?.[e.name] ?? e.default,
					moved: e.inlet !== null && l.has(e.inlet),
					turn: (t, i) => r(n, e.name, t, i)
				}, e.name))
			}),
			(c?.curves.length ?? 0) > 0 && /* @__PURE__ */ q("p", {
				class: "soft",
				children: c?.curves.map((e) => `${e.label}: ${e.size} values`).join("; ")
			}),
			o.kind !== "out" && /* @__PURE__ */ q("button", {
				onClick: () => i({
					action: "delete",
					nodes: a
				}),
				children: a.length > 1 ? `Delete ${a.length} nodes` : "Delete"
			})
		]
	});
}
function gg({ drawn: e, wire: t, change: n }) {
	let r = e.graph.edges[t];
	if (!r) return null;
	let i = e.wires[t]?.signal === "control", a = [e.boxes[r.source]?.title, e.boxes[r.target]?.title].join(" → "), o = r.gain === 0 ? -60 : 20 * Math.log10(Math.abs(r.gain)), s = i ? r.gain : Number(o.toFixed(2)), c = (e) => {
		Number.isFinite(e) && n({
			action: "gain",
			edge: t,
			gain: i ? e : e <= -60 ? 0 : Math.sign(r.gain || 1) * 10 ** (e / 20)
		});
	};
	return /* @__PURE__ */ q("aside", {
		class: "panel",
		"aria-label": "Settings of a wire",
		children: [
			/* @__PURE__ */ q("h2", { children: a }),
			/* @__PURE__ */ q("p", {
				class: "soft",
				children: [
					i ? "A control signal" : "Audio",
					" from ",
					r.outlet,
					" to ",
					r.inlet,
					"."
				]
			}),
			/* @__PURE__ */ q("label", {
				class: "field",
				children: [i ? "Depth" : "Gain in dB", /* @__PURE__ */ q("input", {
					type: "number",
					step: i ? .05 : .5,
					defaultValue: String(s),
					onChange: (e) => c(e.currentTarget.valueAsNumber)
				}, `${t} ${r.gain}`)]
			}),
			/* @__PURE__ */ q("button", {
				onClick: () => n({
					action: "disconnect",
					edge: t
				}),
				children: "Disconnect"
			})
		]
	});
}
// src/player.ts
var _g = .008, vg = class {
	context;
	tracks = /* @__PURE__ */ new Map();
	startedAt = 0;
	offset = 0;
	out;
	playing = !1;
	matched = !0;
	looped = !0;
	current = "render";
	region = [0, 0];
	changed = () => void 0;
	constructor(e) {
		this.context = new AudioContext({ sampleRate: e }), this.out = this.context.createGain(), this.out.connect(this.context.destination);
	}
	get seconds() {
		return Math.max(0, ...[...this.tracks.values()].map((e) => e.buffer.duration));
	}
	get sampleRate() {
		return this.context.sampleRate;
	}
	has(e) {
		return this.tracks.has(e);
	}
	samples(e) {
		return this.tracks.get(e)?.buffer.getChannelData(0) ?? null;
	}
	async load(e, t, n) {
		let r = await this.context.decodeAudioData(t.audio), i = this.tracks.get(e), a = n === void 0 || !i ? r : this.replaced(i.buffer, r, n), o = i?.gain ?? this.context.createGain();
		i || o.connect(this.out);
		let s = this.position;
		this.tracks.set(e, {
			buffer: a,
			figures: t.figures,
			gain: o,
			source: i?.source ?? null
		}), this.region[1] === 0 && (this.region = [0, a.duration]), this.playing && this.begin(e, s), this.setLevels(), this.changed();
	}
	replaced(e, t, n) {
		let r = Math.max(e.length, Math.round(n * e.sampleRate) + t.length), i = this.context.createBuffer(2, r, e.sampleRate);
		for (let r = 0; r < 2; r++) {
			i.copyToChannel(e.getChannelData(Math.min(r, e.numberOfChannels - 1)), r);
			let a = t.getChannelData(Math.min(r, t.numberOfChannels - 1));
			i.copyToChannel(a, r, Math.round(n * e.sampleRate));
		}
		return i;
	}
	get position() {
		if (!this.playing) return this.offset;
		let [e, t] = this.region, n = this.offset + this.context.currentTime - this.startedAt;
		return !this.looped || n < t ? Math.min(n, this.looped ? t : this.seconds) : e + (n - e) % Math.max(.01, t - e);
	}
	async play() {
		await this.context.resume();
		let [e, t] = this.region;
		(this.offset < e || this.offset >= t - .01) && (this.offset = e), this.startedAt = this.context.currentTime + .02, this.playing = !0;
		for (let e of this.tracks.keys()) this.begin(e, this.offset, this.startedAt);
		this.setLevels(), this.changed();
	}
	pause() {
		this.offset = this.position, this.playing = !1;
		for (let e of this.tracks.values()) e.source?.stop(), e.source = null;
		this.changed();
	}
	toggle() {
		this.playing ? this.pause() : this.play();
	}
	seek(e) {
		let t = this.playing;
		t && this.pause(), this.offset = Math.min(Math.max(0, e), this.seconds), t && this.play(), this.changed();
	}
	setRegion(e, t) {
		this.region = [e, t], (this.position < e || this.position >= t) && this.seek(e);
		for (let e of this.tracks.values()) this.setLoop(e.source);
		this.changed();
	}
	setLooped(e) {
		this.looped = e;
		for (let e of this.tracks.values()) this.setLoop(e.source);
		this.changed();
	}
	choose(e) {
		this.tracks.has(e) && (this.current = e, this.setLevels(), this.changed());
	}
	setMatched(e) {
		this.matched = e, this.setLevels(), this.changed();
	}
	setVolume(e) {
		this.out.gain.setTargetAtTime(e, this.context.currentTime, _g);
	}
	close() {
		this.playing && this.pause(), this.context.close();
	}
	scale(e) {
		let t = [...this.tracks].map(([e, t]) => this.matching(e) * t.figures.peak);
		return this.matching(e) / Math.max(1e-6, ...t);
	}
	gainDb(e) {
		return 20 * Math.log10(this.gainOf(e));
	}
	setLoop(e) {
		e && (e.loop = this.looped, [e.loopStart, e.loopEnd] = this.region);
	}
	begin(e, t, n = this.context.currentTime) {
		let r = this.tracks.get(e);
		if (!r) return;
		r.source?.stop(n);
		let i = this.context.createBufferSource();
		i.buffer = r.buffer, this.setLoop(i), i.connect(r.gain), i.start(n, Math.min(t, r.buffer.duration)), i.onended = () => {
			this.playing && !this.looped && r.source === i && this.position >= this.seconds - .05 && (this.pause(), this.offset = this.region[0]);
		}, r.source = i;
	}
	matching(e) {
		let t = this.tracks.get(e)?.figures.lufs, n = this.tracks.get("reference")?.figures.lufs;
		return this.matched && t != null && n != null ? 10 ** ((n - t) / 20) : 1;
	}
	gainOf(e) {
		let t = [...this.tracks].map(([e, t]) => this.matching(e) * t.figures.peak);
		return this.matching(e) / Math.max(1, ...t);
	}
	setLevels() {
		for (let [e, t] of this.tracks) {
			let n = e === this.current ? this.gainOf(e) : 0;
			t.gain.gain.setTargetAtTime(n, this.context.currentTime, _g);
		}
	}
}, yg = ":root{--paper:#fbfbfd;--card:#fff;--ink:#1f2933;--soft:#55616d;--line:#d5dae0;--accent:#1f6391;--on-accent:#fff;--control:#b85d05;--audio:#33475b;--fault:#a8261c;--fault-paper:#fdeceb;--lightningcss-light:initial;--lightningcss-dark: ;color-scheme:light;font:15px/1.45 system-ui,sans-serif}[data-theme=dark]{--paper:#14181d;--card:#1d232a;--ink:#e8ecf0;--soft:#a3afbb;--line:#38424d;--accent:#6cb2e2;--on-accent:#0c1620;--control:#f09a45;--audio:#b9c8d6;--fault:#ff9d94;--fault-paper:#3a1f1d;--lightningcss-light: ;--lightningcss-dark:initial;color-scheme:dark}*{box-sizing:border-box}body{background:var(--paper);color:var(--ink);margin:0}h1,h2,h3,p{margin:0 0 .4em}h1{margin:0;font-size:1.15rem}h1 span{color:var(--soft);font-weight:400}h2{font-size:1.05rem}h3{font-size:.95rem}button,select,input,.button{font:inherit;color:inherit}button,select,.button,input[type=number],.typed{background:var(--card);border:1px solid var(--line);border-radius:6px;max-width:100%;min-height:2.1em;padding:.3em .75em}button,select{cursor:pointer}.button{text-decoration:none}button:hover:not(:disabled),select:hover:not(:disabled),.button:hover{border-color:var(--accent)}button:disabled,select:disabled{opacity:.5;cursor:default}button.main,button[aria-pressed=true],[role=tab][aria-selected=true]{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}button[aria-pressed=true] .soft{color:inherit}button.plain{background:0 0;border:0;padding:.1em .4em}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.soft{color:var(--soft)}.grow{flex:1}.row{flex-wrap:wrap;align-items:center;gap:.5rem;display:flex}.fault{color:var(--fault)}.app{flex-direction:column;min-height:100dvh;display:flex}.top{border-bottom:1px solid var(--line);background:var(--card);align-items:center;gap:.5rem;padding:.5rem 1rem;display:flex}.notice{background:var(--card);border-bottom:1px solid var(--line);margin:0;padding:.5rem 1rem}.notice.fault{background:var(--fault-paper)}.body{flex:1;grid-template-columns:200px minmax(0,1fr);min-height:0;display:grid}main{min-width:0;padding:.8rem 1rem}.jobs{border-right:1px solid var(--line);padding:.8rem}.jobs ul{margin:0;padding:0;list-style:none}.jobs li{border-radius:6px;align-items:start;display:flex}.jobs li.open{background:var(--card);box-shadow:inset 3px 0 var(--accent)}.jobs .job{text-align:left;flex:1;min-width:0;padding:.4em .6em}.jobs .job span{text-overflow:ellipsis;font-size:.85rem;display:block;overflow:hidden}.jobs .job .name{overflow-wrap:anywhere;font-size:.95rem}.start,.progress{max-width:46rem}.tabs{flex-wrap:wrap;gap:.4rem;margin-bottom:.8rem;display:flex}.slot{border:2px dashed var(--line);background:var(--card);border-radius:10px;margin:.6rem 0;padding:.8rem 1rem}.slot.over{border-color:var(--accent)}.slot .file{overflow-wrap:anywhere}.slot select{width:16rem;min-width:0}fieldset{border:1px solid var(--line);border-radius:10px;margin:.6rem 0}.field{grid-template-columns:7rem minmax(0,1fr) 4rem;align-items:center;gap:.6rem;margin:.4rem 0;display:grid}progress{width:100%;accent-color:var(--accent)}.preview{border:1px solid var(--line);border-radius:10px;height:60dvh;margin-top:.8rem}.workbench{grid-template-columns:minmax(0,1fr) 290px;gap:.6rem;display:grid}.workbench>*{grid-column:1/-1}.workbench>.canvas{border:1px solid var(--line);border-radius:10px;grid-column:1;height:max(320px,100dvh - 27rem);overflow:hidden}.workbench>.panel{grid-column:2;max-height:max(320px,100dvh - 27rem);overflow:auto}.panel{border:1px solid var(--line);background:var(--card);border-radius:10px;padding:.8rem}.candidates{gap:.4rem;padding:2px;display:flex;overflow-x:auto}.candidates button{text-overflow:ellipsis;white-space:nowrap;flex:none;max-width:22rem;overflow:hidden}.tools{position:relative}.tools .add{width:8.5rem}.export-report{z-index:20;background:var(--card);border:1px solid var(--line);border-radius:10px;max-width:min(40rem,100%);max-height:50dvh;padding:.8rem;font-size:.9rem;position:absolute;top:110%;left:0;overflow:auto;box-shadow:0 6px 24px #0003}.export-report button{float:right}.knobs{grid-template-columns:repeat(auto-fill,minmax(78px,1fr));gap:.5rem;margin-bottom:.6rem;display:grid}.knob{text-align:center;flex-direction:column;align-items:center;font-size:.82rem;display:flex}.knob [role=slider]{cursor:ns-resize;touch-action:none;border-radius:50%;line-height:0}.knob svg{fill:none;stroke-linecap:round}.knob .track{stroke:var(--line);stroke-width:4px}.knob .value{stroke:var(--accent);stroke-width:4px}.knob circle{fill:var(--paper);stroke:var(--line)}.knob line{stroke:var(--ink);stroke-width:2.5px}.knob .typed{text-align:center;width:5.2rem}.knob .number{font-variant-numeric:tabular-nums}.word{white-space:nowrap;border-radius:4px;padding:0 .35em;font-size:.78rem;font-weight:400}h2 .word{border:1px solid var(--line);margin-left:.5em}.listening{border:1px solid var(--line);background:var(--card);border-radius:10px;padding:.6rem .8rem}.listening .row{margin-bottom:.5rem}.play{min-width:5rem}.takes{flex-wrap:wrap;gap:.3rem;display:flex}kbd{opacity:.7;font-size:.75em}.level{font-variant-numeric:tabular-nums;min-width:4rem}.waveform{cursor:text;touch-action:none;height:72px;position:relative}.waveform canvas{width:100%;height:72px;color:var(--audio);display:block}.waveform .region{background:color-mix(in srgb, var(--accent) 14%, transparent);border-inline:1px solid var(--accent);pointer-events:none;position:absolute;inset-block:0}.waveform .head{background:var(--control);pointer-events:none;width:2px;margin-left:-1px;position:absolute;inset-block:0}table{border-collapse:collapse;margin:.4rem 0}th,td{text-align:right;font-variant-numeric:tabular-nums;border-bottom:1px solid var(--line);padding:.2rem .7rem}th[scope=row]{text-align:left}caption{color:var(--soft);text-align:left}.wide{max-height:50dvh;overflow:auto}.strips td,.strips th{text-align:left}.strips .bus th{color:var(--accent)}.strips td button{min-height:0;margin:.1em .3em .1em 0;padding:.05em .5em}.strips button[aria-pressed=true] .soft{color:inherit}.mushra{max-width:56rem}.stimuli{padding:0;list-style:none}.stimuli li{grid-template-columns:8rem minmax(0,1fr) 7rem;align-items:center;gap:.6rem;margin:.4rem 0;display:grid}.interval{stroke:var(--accent);stroke-width:1.5px;fill:var(--accent)}.interval .axis{stroke:var(--line);stroke-width:1px}.frame{height:100%}.react-flow{--xy-background-color:var(--paper);--xy-background-pattern-color:var(--line);--xy-edge-stroke:var(--audio);--xy-attribution-background-color:transparent}.react-flow__attribution,.react-flow__attribution a{color:var(--soft)}.box{background:var(--card);border:1.5px solid var(--family);border-radius:7px;font-size:10.5px;line-height:16px;position:relative}.box.selected{box-shadow:0 0 0 2.5px var(--accent)}.box.compact,.box.compact .title{border-radius:13px}.box .title{background:color-mix(in srgb, var(--family) 26%, var(--card));white-space:nowrap;border-radius:5px 5px 0 0;justify-content:space-between;align-items:center;gap:6px;padding:0 8px;font-size:12px;font-weight:600;display:flex}.box.compact .title{justify-content:center}.box .word{padding:0;font-size:9px}.rows{padding:4px 0;display:grid}.knob-row{white-space:nowrap;justify-content:space-between;gap:8px;padding:0 10px;display:flex}.knob-row span:first-child{color:var(--soft)}.pin{background:var(--card);border:2px solid var(--audio);border-radius:50%;width:9px;min-width:0;height:9px;min-height:0}.pin:after{content:\"\";position:absolute;inset:-8px}.pin.control{border-color:var(--control)}.react-flow__edge .react-flow__edge-path{stroke-width:1.8px}.react-flow__edge.control .react-flow__edge-path{stroke:var(--control);stroke-dasharray:5 4}.react-flow__edge.selected .react-flow__edge-path,.react-flow__edge:focus-visible .react-flow__edge-path{stroke:var(--accent);stroke-width:3px}.react-flow__node:focus-visible{outline:2px solid var(--accent);outline-offset:4px}.gain{background:var(--paper);pointer-events:none;border-radius:3px;padding:0 3px;font-size:9.5px;position:absolute}.react-flow__controls-button{background:var(--card);color:var(--ink);fill:currentColor;border:1px solid var(--line);width:26px;height:26px;min-height:0;padding:5px}@media (max-width:800px){.body{grid-template-columns:minmax(0,1fr)}.jobs{border-right:0;border-top:1px solid var(--line);order:2}main{padding:.6rem}.workbench{grid-template-columns:minmax(0,1fr)}.workbench>.canvas,.workbench>.panel{grid-column:1;max-height:none}.workbench>.canvas{height:34dvh;min-height:220px}.listening{z-index:10;padding:.4rem .5rem;font-size:.85rem;position:sticky;bottom:0}.listening .row{gap:.3rem .4rem;margin-bottom:.3rem}.listening button{padding:.2em .5em}.play{min-width:3.6rem}.listening kbd{display:none}.field{grid-template-columns:5rem minmax(0,1fr) 3.4rem}.candidates button{max-width:15rem}}@media (prefers-reduced-motion:reduce){*{transition:none!important}}";
Se(), $e();
function bg(e, t) {
	let [n, r] = V(() => e.get(t));
	return H(() => {
		let n = () => r(e.get(t));
		return e.on(`change:${t}`, n), () => e.off(`change:${t}`, n);
	}, [e, t]), n;
}
function xg(e) {
	let [t, n] = V(0), r = W(() => new vg(e.get("sample_rate")), [e]);
	return H(() => {
		r.changed = () => n((e) => e + 1);
		let t = (e, t) => {
			let n = t[0];
			if (e.kind !== "sound" || !n) return;
			let i = n.buffer.slice(n.byteOffset, n.byteOffset + n.byteLength);
			r.load(e.key, {
				audio: i,
				figures: e.figures
			});
		};
		return e.on("msg:custom", t), e.send({ action: "ready" }), () => {
			e.off("msg:custom", t), r.close();
		};
	}, [e, r]), {
		player: r,
		version: t
	};
}
function Sg({ model: e }) {
	let t = bg(e, "drawn"), n = bg(e, "kinds"), r = bg(e, "fault"), i = bg(e, "takes"), [a, o] = V(t), [s, c] = V({
		nodes: [],
		edges: []
	}), { player: l, version: u } = xg(e);
	H(() => o(t), [t, r]);
	let d = De((t) => e.send(t), [e]), f = De((t, n, r, i) => {
		o((e) => ({
			...e,
			graph: {
				...e.graph,
				nodes: e.graph.nodes.map((e, i) => i === t ? {
					...e,
					parameters: {
						...e.parameters,
						[n]: r
					}
				} : e)
			}
		})), i && e.send({
			action: "turn",
			node: t,
			name: n,
			value: r
		});
	}, [e]), p = { kinds: n };
	return /* @__PURE__ */ q("div", {
		class: "workbench",
		children: [
			(r || a.missing) && /* @__PURE__ */ q("p", {
				class: "fault",
				role: "status",
				children: r || a.missing
			}),
			/* @__PURE__ */ q("div", {
				class: "canvas",
				children: /* @__PURE__ */ q(Vh, {
					drawn: a,
					registry: p,
					selected: s,
					select: c,
					change: d
				})
			}),
			/* @__PURE__ */ q(mg, {
				drawn: a,
				registry: p,
				selected: s,
				turn: f,
				change: d
			}),
			/* @__PURE__ */ q(sg, {
				player: l,
				takes: i,
				version: u,
				busy: !1,
				chosen: (e, t) => l.setRegion(e, t),
				rated: () => void 0
			})
		]
	});
}
function Cg({ model: e, el: t }) {
	let n = t.shadowRoot ?? t.attachShadow({ mode: "open" }), r = document.createElement("style");
	r.textContent = `${et}${yg}`.replaceAll(":root", ":host") + wg;
	let i = document.createElement("div");
	return n.replaceChildren(r, i), R(/* @__PURE__ */ q(Sg, { model: e }), i), () => R(null, i);
}
var wg = "\n:host { display: block; background: var(--paper); color: var(--ink); padding: 0.5rem; }\n.workbench > .canvas { height: 420px; }\n.workbench > .panel { max-height: 420px; }\n", Tg = { render: Cg };
export { Tg as default };
